import Fastify, { type FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { AutoClock } from '../../../../test/support/auto-clock.ts';
import { realClock } from '../../../base/index.ts';
import { ALL_SCOPES, type ProjectAccess, type UserPrincipal } from '../../access/index.ts';
import { AttemptLimiter, buildServer, created, PAGING, type Route, route, type ServerOptions } from '../index.ts';

const ANA: UserPrincipal = {
  kind: 'user',
  user: { id: 1, username: 'ana', name: 'Ana', isAdministrator: false },
  via: 'token',
  scopes: ALL_SCOPES,
  project: null,
};
const SHOP: ProjectAccess = { id: 7, visibility: 'private', role: 'developer' };
const limiter = (): AttemptLimiter => new AttemptLimiter(new AutoClock(0), 3, 60_000);
const opened: FastifyInstance[] = [];

export async function closeServers(): Promise<void> {
  for (const app of opened.splice(0)) await app.close();
}

/** A server of these routes with one user, Ana, who develops in one project. */
export async function serve(...routes: Route[]): Promise<FastifyInstance> {
  return await serveWith({}, ...routes);
}

export async function serveWith(options: Partial<ServerOptions>, ...routes: Route[]): Promise<FastifyInstance> {
  const app = await buildServer({
    routes,
    gate: {
      credentials: {
        byToken: async (token) => {
          if (token === 'ana') return ANA;
          return token === 'reader' ? { ...ANA, scopes: new Set(['read_api']) } : null;
        },
        byJobToken: async (token) => (token === 'job' ? { kind: 'job', jobId: 3, projectId: 7 } : null),
        bySession: async (cookie) =>
          cookie.startsWith('browser')
            ? { principal: { ...ANA, via: 'session' }, csrfToken: 'csrf', isRenewed: cookie === 'browser again' }
            : null,
      },
      projects: {
        find: async (name, user) =>
          name === '7' || name === 'ana/shop' ? { ...SHOP, role: user === 1 ? 'developer' : null } : null,
      },
      wrongCredentials: limiter(),
    },
    base: 'http://ci.example',
    version: '0.1.0',
    log: Fastify({ logger: { level: 'silent' } }).log,
    trustProxy: false,
    stopping: new AbortController().signal,
    clock: realClock,
    ...options,
  });
  opened.push(app);
  return app;
}

const params = Type.Object({ id: Type.String() });
export const echo = route({
  method: 'POST',
  path: '/api/v4/projects/:id/pipeline',
  action: 'pipeline.run',
  summary: 'Echo',
  tag: 'test',
  params,
  query: Type.Object({ ...PAGING, scope: Type.Optional(Type.Array(Type.String())) }),
  body: Type.Object({ ref: Type.String(), variables: Type.Optional(Type.Array(Type.Object({ key: Type.String() }))) }),
  answers: { 201: null },
  handle: async ({ body, query, project, principal }) =>
    created({ body, query, project: project.id, by: principal.kind }),
});
/** Ana's token. */
export const as = { 'private-token': 'ana' };
export const url = '/api/v4/projects/7/pipeline';
