import { afterAll, beforeAll, expect, it } from 'vitest';
import { ruleOf } from '../access/index.ts';
import {
  CREDENTIAL_NAMES,
  type CredentialName,
  type Credentials,
  openCredentials,
} from './testing/open-credentials.ts';
import { openTarget, type Target } from './testing/open-target.ts';

/** Whoever shows it is let in, and then comes this. By all others the route answers `refusal`. */
interface Door {
  /** `:id`: the project or the running job. */
  readonly route: string;
  readonly refusal: number;
  readonly enters: Readonly<Partial<Record<CredentialName, number>>>;
  readonly query?: string;
  readonly body?: (text: string) => object | string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Where asking is dear: who asks. */
  readonly asked?: readonly CredentialName[];
}

const as = (status: number, ...names: readonly CredentialName[]): Partial<Record<CredentialName, number>> =>
  Object.fromEntries(names.map((name) => [name, status]));
const RUNNERS = ['runner', 'runner of another project'] as const;
/** It has to be there. */
const NO_TOKEN = as(400, 'nothing');
const READERS = [
  'reporter',
  'developer',
  'owner',
  'administrator',
  'read_api',
  'read_repository',
  'project token',
] as const;
const WRITERS = ['developer', 'owner', 'administrator', 'write_repository', 'project token'] as const;
const GIT = '/:namespace/:repository';

/** By hand, of what GitLab lets in where; `403` and `404` of git are for people whom it knows. */
const DOORS: readonly Door[] = [
  {
    route: 'POST /users/sign_in',
    refusal: 401,
    enters: as(200, 'password'),
    asked: ['nothing', 'with a NUL', 'owner', 'session', 'sign-in link', 'password'],
    body: (password) => ({ login: 'owner', password: password.slice(0, 1_000) }),
  },
  {
    route: 'GET /users/sign_in/link',
    refusal: 410,
    enters: { 'sign-in link': 200, ...as(400, 'very long', 'nothing') },
  },
  { route: 'POST /users/sign_in/link', refusal: 410, enters: { 'sign-in link': 303, 'very long': 400 } },
  {
    route: 'POST /api/v4/runners',
    refusal: 403,
    enters: { ...as(201, 'registration', 'registration of a project'), ...NO_TOKEN },
  },
  { route: 'POST /api/v4/runners/verify', refusal: 403, enters: { ...as(200, ...RUNNERS), ...NO_TOKEN } },
  { route: 'DELETE /api/v4/runners', refusal: 403, enters: { ...as(204, ...RUNNERS), ...NO_TOKEN } },
  { route: 'DELETE /api/v4/runners/managers', refusal: 403, enters: { ...as(204, ...RUNNERS), ...NO_TOKEN } },
  {
    route: 'POST /api/v4/runners/reset_authentication_token',
    refusal: 403,
    enters: { ...as(201, ...RUNNERS), ...NO_TOKEN },
  },
  { route: 'POST /api/v4/jobs/request', refusal: 403, enters: { ...as(204, ...RUNNERS), ...NO_TOKEN } },
  {
    route: 'GET /api/v4/runners/events',
    refusal: 403,
    enters: { ...as(409, ...RUNNERS), ...as(400, 'nothing', 'session', 'with a NUL') },
    query: 'system_id=s_1',
  },
  {
    route: 'PUT /api/v4/jobs/:id',
    refusal: 403,
    enters: as(200, 'job'),
    body: (token) => ({ token, state: 'running' }),
  },
  {
    route: 'PATCH /api/v4/jobs/:id/trace',
    refusal: 403,
    enters: as(416, 'job'),
    headers: { 'content-range': '9-9' },
    body: () => 'x',
  },
  { route: 'POST /api/v4/jobs/:id/artifacts', refusal: 403, enters: as(400, 'job'), body: () => 'x' },
  { route: 'POST /api/v4/jobs/:id/artifacts/authorize', refusal: 403, enters: as(200, 'job') },
  { route: 'GET /api/v4/jobs/:id/artifacts', refusal: 403, enters: as(200, 'job') },
  {
    route: 'GET /api/v4/job',
    refusal: 404,
    enters: { ...as(200, 'job', 'foreign job'), ...as(401, 'nothing', 'session', 'with a NUL') },
  },
  ...['POST /api/v4/projects/:id/trigger/pipeline', 'POST /api/v4/projects/:id/ref/:ref/trigger/pipeline'].map(
    (route): Door => ({
      route,
      refusal: 404,
      // There is no such ref.
      enters: as(400, 'trigger', 'job'),
      body: (token) => ({ token, ref: 'side' }),
    }),
  ),
  ...[`GET ${GIT}/info/refs`, `POST ${GIT}/git-upload-pack`].map(
    (route): Door => ({
      route,
      refusal: 401,
      enters: {
        ...as(200, ...READERS, 'write_repository', 'job'),
        ...as(403, 'guest', 'manage_runner', 'create_runner'),
        ...as(404, 'stranger', 'token of another project', 'foreign job'),
      },
      query: 'service=git-upload-pack',
      body: () => '0000',
    }),
  ),
  ...[`GET ${GIT}/info/refs`, `POST ${GIT}/git-receive-pack`].map(
    (route): Door => ({
      route,
      refusal: 401,
      enters: {
        ...as(200, ...WRITERS),
        ...as(403, 'guest', 'reporter', 'read_api', 'read_repository', 'manage_runner', 'create_runner', 'job'),
        ...as(404, 'stranger', 'token of another project', 'foreign job'),
      },
      query: 'service=git-receive-pack',
      body: () => '0000',
    }),
  ),
  // The last: it ends the session.
  { route: 'DELETE /users/sign_out', refusal: 204, enters: {} },
];

let target: Target;
let credentials: Credentials;
beforeAll(async () => {
  target = await openTarget();
  credentials = await openCredentials(target);
}, 60_000);
afterAll(() => target.close());

it('knows of each route that looks at a credential of its own kind, and of no other', () => {
  const own = target.routes.filter(({ action }) => ruleOf(action).least === 'credential');
  expect([...new Set(DOORS.map(({ route }) => route))].sort()).toEqual(
    own.map((one) => `${one.method} ${one.path}`).sort(),
  );
});

it.each(DOORS.map((door) => [`${door.route} ${door.query ?? ''}`, door] as const))(
  'lets in at %s whom GitLab lets in, wherever a credential is shown, and nobody else',
  async (_name, door) => {
    const { asked = CREDENTIAL_NAMES, enters, refusal } = door;
    const due = Object.fromEntries(asked.map((name) => [name, enters[name] ?? refusal]));
    const came: Record<string, number> = {};
    for (const name of asked) came[name] = await show(door, name);
    expect(came).toEqual(due);
    expect(target.parts.complaints).toEqual([]);
  },
  30_000,
);

it('does not tell by a trigger whether there is a project', async () => {
  for (const body of [{}, { ref: 'main' }, { ref: 'main', token: await credentials['made up']() }]) {
    const ask = (id: number) => target.ask('POST', `/api/v4/projects/${id}/trigger/pipeline`, { as: 'nobody', body });
    const [there, nowhere] = [await ask(target.project.id), await ask(999)];
    expect([there.status, there.text]).toEqual([404, nowhere.text]);
  }
});

/** In every place at once in which some route looks. */
async function show({ route, query = '', body, headers = {} }: Door, name: CredentialName): Promise<number> {
  const text = await credentials[name]();
  // Who sends many wrong ones is not listened to for a while.
  target.parts.clock.pass(601_000);
  const [method = '', path = ''] = route.split(' ');
  const { project, jobs } = target;
  const filled = path
    .replace(':id', String(path.includes('/projects/') ? project.id : jobs.running.id))
    .replace(GIT, '/group/target.git')
    .replace(':ref', 'side');
  const shown = name === 'nothing' ? {} : shownAs(text, name);
  const content = body?.(text) ?? { token: text, system_id: 's_1' };
  const { statusCode } = await target.app.inject({
    method: method as 'GET',
    url: `${filled}?${query}${name === 'nothing' ? '' : `&${new URLSearchParams({ token: text })}`}`,
    headers: { 'content-type': 'application/json', ...shown, ...headers },
    ...(method === 'GET' ? {} : { payload: typeof content === 'string' ? content : JSON.stringify(content) }),
  });
  return statusCode;
}

function shownAs(text: string, name: CredentialName): Record<string, string> {
  const user = name.includes('job') || name === 'older attempt' ? 'gitlab-ci-token' : 'x';
  const basic = { authorization: `Basic ${Buffer.from(`${user}:${text}`).toString('base64')}` };
  if (name === 'session') return { cookie: `epilogue_session=${text}` };
  // A header holds no NUL.
  if (name === 'with a NUL') return basic;
  return { ...basic, 'private-token': text, 'job-token': text, 'runner-token': text };
}
