import { ok, type Route, route, text } from '../../http/index.ts';
import { type OpenApi, renderReference, STYLE } from './render-reference.ts';

const HTML_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
};

/** The reference of everything that can be asked of this server: for programs, and as a page that asks nothing of any other server. */
export function referenceRoutes(): readonly Route[] {
  const common = { method: 'GET', action: 'version.read', tag: 'about' } as const;
  return [
    route({
      ...common,
      path: '/',
      summary: 'Leads whoever opens the address of this server to this reference',
      hidden: true,
      answers: { 302: null },
      handle: () => ({ status: 302, headers: { location: '/api/reference' } }),
    }),
    route({
      ...common,
      path: '/api/openapi.json',
      summary: 'This reference as an OpenAPI 3.1 document',
      answers: { 200: null },
      handle: ({ openApi }) => ok(openApi()),
    }),
    route({
      ...common,
      path: '/api/reference',
      summary: 'This reference as a page',
      answers: { 200: null },
      handle: ({ openApi }) => ({ status: 200, body: renderReference(openApi() as OpenApi), headers: HTML_HEADERS }),
    }),
    route({
      ...common,
      path: '/api/reference.css',
      summary: 'Looks of the page',
      hidden: true,
      answers: { 200: null },
      handle: () => text(STYLE, 'text/css; charset=utf-8'),
    }),
  ];
}
