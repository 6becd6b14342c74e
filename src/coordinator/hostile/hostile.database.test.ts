import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Failure } from '../../base/index.ts';
import type { Store } from '../../store/index.ts';
import type { Route } from '../http/index.ts';
import { healthRoutes } from '../operate/health-routes.ts';
import { allRoutes } from '../routes.ts';
import { buildTestServer } from '../testing/build-test-server.ts';
import { makeGate } from '../users/index.ts';
import { openTarget, type Target } from './testing/open-target.ts';

/** What is wrong with the database, while whoever asks is known: as if it had gone a moment after it was asked who that is. */
let trouble: Failure | null = null;
let target: Target;
let app: FastifyInstance;

beforeAll(async () => {
  target = await openTarget();
  const { parts } = target;
  const fail = async (): Promise<never> => {
    throw trouble;
  };
  const store: Store = {
    ...parts.store,
    read: (look) => (trouble === null ? parts.store.read(look) : fail()),
    write: (change) => (trouble === null ? parts.store.write(change) : fail()),
  };
  const gate = makeGate(parts);
  app = await buildTestServer(parts, { routes: allRoutes({ ...parts, store }, gate), gate });
}, 60_000);
afterAll(async () => {
  await app.close();
  await target.close();
});

/** What asks the database for nothing; nobody has a session here to sign out of. */
const WITHOUT = [
  ...['GET /-/health', 'GET /-/liveness', 'GET /', 'GET /api/v4/version', 'GET /api/v4/metadata'],
  ...[
    'GET /api/openapi.json',
    'GET /api/reference',
    'GET /api/reference.css',
    'POST /api/v4/ci/lint',
    'DELETE /users/sign_out',
  ],
  ...['GET /api/v4/ci/schema', 'GET /-/page/index', 'GET /-/page/:file'],
];

it.each([
  ['store_unreachable', 503, 'the database cannot be reached', '5'],
  ['store_locked', 503, 'another program holds the database', '5'],
  ['store_full', 507, 'no room is left on the disk of the database', undefined],
] as const)('says at every route what is wrong with the database: %s', async (code, status, words, wait) => {
  trouble = new Failure(code, 'secret of the machine');
  const came: Record<string, unknown> = {};
  for (const route of target.routes) came[`${route.method} ${route.path}`] = await ask(route);
  trouble = null;
  for (const name of WITHOUT) delete came[name];
  const { 'GET /-/readiness': readiness, ...others } = came;
  expect(readiness).toMatchObject({ status: 503, message: words });
  expect(Object.keys(others).length).toBeGreaterThan(100);
  const message = `${status} ${status === 503 ? 'Service Unavailable' : 'Insufficient Storage'} - ${words}`;
  const due = { status, message, wait };
  expect(others).toEqual(Object.fromEntries(Object.keys(others).map((name) => [name, due])));
});

it('is not ready while the database does not answer, and says so before whoever asks gives up', async () => {
  const answered = Promise.withResolvers<never>();
  const { parts } = target;
  const [health] = healthRoutes({ ...parts, store: { ...parts.store, read: () => answered.promise } }).filter(
    ({ path }) => path === '/-/readiness',
  );
  const asked = health?.handle({} as never);
  expect(parts.clock.asleep()).toContain(1_000);
  parts.clock.pass(1_000);
  expect(await asked).toMatchObject({ status: 503, body: { message: 'the database does not answer' } });
});

/** What each asks for is there, so that it comes as far as the database. */
const BODY = {
  ...{ login: 'owner', password: 'a long password', username: 'ana', name: 'ana', email: 'ana@ci.example' },
  ...{ scopes: ['api'], access_level: 30, user_id: 1, path: 'ana', runner_type: 'instance_type', key: 'A', value: 'b' },
  ...{ reason: 'x', content: 'a: {script: x}', description: 'x', state: 'running', system_id: 's_1', ref: 'main' },
};

const QUERY = 'service=git-upload-pack&ref=main&system_id=s_1&from=main&to=main&refs[]=main&refs[]=main&job=build';
/** Of those to which that says something else. */
const QUERIES: Readonly<Record<string, string>> = {
  '/api/v4/events': 'watch[]=pipeline:1',
  '/api/v4/projects/:id/jobs/:job_id/trace/lines': 'from=0',
  '/api/v4/projects/:id/jobs/:job_id/trace/search': 'text=a',
};

async function ask({ method, path }: Route) {
  const { project, jobs, tokens, runner, pipeline } = target;
  const token = path.includes('/jobs/:id') ? jobs.running.token : runner.token;
  const shown = tokens.get('administrator') ?? '';
  const filled = path
    .replace(':id', String(path.includes('/projects/') ? project.id : path.includes('/jobs/:id') ? jobs.running.id : 1))
    .replace(':pipeline_id', String(pipeline))
    .replace(':job_id', String(jobs.running.id))
    .replace('/:namespace/:repository', '/group/target.git')
    .replace(/:(sha|ref|branch)/, 'main')
    .replace(/:\w+|\*/g, '1');
  const git = path.startsWith('/:namespace');
  const answer = await app.inject({
    method,
    url: `${filled}?${path.startsWith('/api/v4/runners') ? '' : `token=${token}&`}${QUERIES[path] ?? QUERY}`,
    headers: {
      'runner-token': runner.token,
      'content-type': 'application/json',
      'job-token': jobs.running.token,
      'content-range': '5-',
      ...(git
        ? { authorization: `Basic ${Buffer.from(`x:${shown}`).toString('base64')}` }
        : { 'private-token': shown }),
    },
    ...(method === 'GET'
      ? {}
      : {
          payload: JSON.stringify({ ...BODY, token, ...(path === '/api/v4/user/runners' ? { access_level: '' } : {}) }),
        }),
  });
  const { message } = answer.headers['content-type']?.toString().startsWith('application/json') ? answer.json() : {};
  return { status: answer.statusCode, message, wait: answer.headers['retry-after'] };
}
