import { Type } from 'typebox';
import { type Answer, DOCUMENT, notFound, type Route, route, text } from '../http/index.ts';
import type { PageBuild } from './open-build.ts';

/** Nothing from elsewhere, no script or style but in files of ours, and no way from a text to markup. */
const POLICY = [
  "default-src 'none'",
  ...['script-src', 'style-src', 'img-src', 'connect-src', 'form-action'].map((what) => `${what} 'self'`),
  ...['frame-ancestors', 'base-uri'].map((what) => `${what} 'none'`),
  "require-trusted-types-for 'script'",
].join('; ');

const DOCUMENT_HEADERS = {
  'content-security-policy': POLICY,
  'referrer-policy': 'same-origin',
  // Holds nothing that is anybody's, and names the files of its build.
  'cache-control': 'no-cache',
  vary: 'Accept',
};
const FOR_A_YEAR = 'public, max-age=31536000, immutable';

/** The document, under every address of a view, and its files. */
export function pageFileRoutes(build: PageBuild): readonly Route[] {
  const common = { method: 'GET', action: 'version.read', tag: 'page', hidden: true } as const;
  return [
    route({
      ...common,
      path: DOCUMENT,
      summary: 'The document of the web page',
      answers: { 200: null, 503: null },
      handle: async () => {
        const document = await build.document();
        return document === null ? notBuilt() : withHeaders(text(document, 'text/html; charset=utf-8'));
      },
    }),
    route({
      ...common,
      path: '/-/page/:file',
      summary: 'A script, a style or a picture of the web page',
      params: Type.Object({ file: Type.String() }),
      answers: { 200: null },
      handle: async ({ params, headers }) => {
        const file = await build.file(params.file, String(headers['accept-encoding'] ?? ''));
        if (file === null) throw notFound('File');
        const encoding = file.encoding === null ? {} : { 'content-encoding': file.encoding };
        const kept = { 'content-type': file.type, 'cache-control': FOR_A_YEAR, vary: 'Accept-Encoding' };
        return { status: 200, body: file.bytes, headers: { ...kept, ...encoding } };
      },
    }),
  ];
}

function notBuilt(): Answer {
  return text(
    'The web page is not there: it was not built (dist/web is missing). In a checkout, bin/setup builds it.\nEverything else works; the reference of the API is /api/reference.\n',
    undefined,
    503,
  );
}

function withHeaders(answer: Answer): Answer {
  return { ...answer, headers: { ...answer.headers, ...DOCUMENT_HEADERS } };
}
