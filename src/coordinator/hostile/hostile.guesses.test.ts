import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ruleOf } from '../access/index.ts';
import { buildTestServer } from '../testing/build-test-server.ts';
import { makeGate } from '../users/index.ts';
import { type CredentialName, type Credentials, openCredentials } from './testing/open-credentials.ts';
import { openTarget, type Target } from './testing/open-target.ts';

/** What makes a door say yes, how it shows a credential, and what it says to one that is right. */
interface Door {
  readonly route: string;
  readonly right: CredentialName;
  readonly enters: number;
  readonly refusal: number;
  readonly show: (text: string) => Shown;
}

interface Shown {
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object | string;
}

const basic = (user: string) => (text: string) => ({
  headers: { authorization: `Basic ${Buffer.from(`${user}:${text}`).toString('base64')}` },
});
const inHeader = (name: string) => (text: string) => ({ headers: { [name]: text } });
const inQuery = (name: string) => (text: string) => ({ query: { [name]: text } });
const inBody = (token: string) => ({ body: { token, system_id: 's_1', ref: 'side', state: 'running' } });
const bearer = (text: string) => ({ headers: { authorization: `Bearer ${text}` } });

const REFS = 'GET /:namespace/:repository/info/refs';
const door = (
  route: string,
  right: CredentialName,
  [refusal, enters]: readonly [number, number],
  show: Door['show'],
): Door => ({ route, right, refusal, enters, show });

const DOORS: readonly Door[] = [
  door('GET /api/v4/user', 'owner', [401, 200], inHeader('private-token')),
  door('GET /api/v4/user', 'owner', [401, 200], bearer),
  door('GET /api/v4/user', 'owner', [401, 200], inQuery('private_token')),
  door('GET /api/v4/user', 'owner', [401, 200], inQuery('access_token')),
  door('GET /api/v4/projects/:id', 'job', [401, 200], inHeader('job-token')),
  door('GET /api/v4/projects/:id', 'job', [401, 200], inQuery('job_token')),
  door('GET /api/v4/job', 'job', [404, 200], inHeader('job-token')),
  door(REFS, 'owner', [401, 200], basic('x')),
  door(REFS, 'job', [401, 200], basic('gitlab-ci-token')),
  ...['git-upload-pack', 'git-receive-pack'].map((service) =>
    door(`POST /:namespace/:repository/${service}`, 'owner', [401, 200], (text) => ({
      ...basic('x')(text),
      body: '0000',
    })),
  ),
  door('GET /users/sign_in/link', 'sign-in link', [410, 200], inQuery('token')),
  door('POST /users/sign_in/link', 'sign-in link', [410, 303], inBody),
  door('POST /api/v4/runners', 'registration', [403, 201], inBody),
  door('POST /api/v4/runners/verify', 'runner', [403, 200], inBody),
  door('DELETE /api/v4/runners', 'runner', [403, 204], inBody),
  door('DELETE /api/v4/runners/managers', 'runner', [403, 204], inBody),
  door('POST /api/v4/runners/reset_authentication_token', 'runner', [403, 201], inBody),
  door('POST /api/v4/jobs/request', 'runner', [403, 204], inBody),
  door('GET /api/v4/runners/events', 'runner', [403, 409], (text) => ({
    headers: { 'runner-token': text },
    query: { system_id: 's_1' },
  })),
  door('PUT /api/v4/jobs/:id', 'job', [403, 200], inBody),
  door('PATCH /api/v4/jobs/:id/trace', 'job', [403, 416], (text) => ({
    headers: { 'job-token': text, 'content-range': '9-9' },
    body: 'x',
  })),
  door('POST /api/v4/jobs/:id/artifacts', 'job', [403, 400], (text) => ({ query: { token: text }, body: 'x' })),
  door('POST /api/v4/jobs/:id/artifacts/authorize', 'job', [403, 200], inBody),
  door('GET /api/v4/jobs/:id/artifacts', 'job', [403, 200], inHeader('job-token')),
  door('POST /api/v4/projects/:id/trigger/pipeline', 'trigger', [404, 400], inBody),
  door('POST /api/v4/projects/:id/ref/:ref/trigger/pipeline', 'trigger', [404, 400], inBody),
];

const MOST = 60;
let target: Target;
let credentials: Credentials;
let app: FastifyInstance;
beforeAll(async () => {
  target = await openTarget();
  credentials = await openCredentials(target);
  app = await buildTestServer(target.parts, { routes: target.routes, gate: makeGate(target.parts) });
}, 60_000);
afterAll(async () => {
  await app.close();
  await target.close();
});

it('has every door of a credential here, but for passwords, which have a limit of their own', () => {
  const own = target.routes.filter(({ action }) => ruleOf(action).least === 'credential');
  const others = ['POST /users/sign_in', 'DELETE /users/sign_out'];
  const here = new Set(DOORS.map(({ route }) => route));
  expect(own.map(({ method, path }) => `${method} ${path}`).filter((name) => !here.has(name))).toEqual(others);
});

let addresses = 0;

it.each(DOORS.map((each, at) => [each.route, at] as const))(
  'lets whoever guesses at %s (%#) wait, and refuses nobody there who is right',
  async (_route, at) => {
    const one = DOORS[at] as Door;
    addresses += 1;
    const from = `10.0.0.${addresses}`;
    const guesses: number[] = [];
    for (let guess = 0; guess < MOST; guess += 1) guesses.push((await ask(one, `guess${guess}`, from)).status);
    expect([...new Set(guesses)]).toEqual([one.refusal]);
    const { status, wait } = await ask(one, 'one-more', from);
    expect([status, wait]).toEqual([429, '10']);
    expect((await ask(one, await credentials[one.right](), from)).status).toBe(one.enters);
    expect((await ask(one, 'one-more', '10.1.0.1')).status).toBe(one.refusal);
    target.parts.clock.pass(10_000);
    expect((await ask(one, 'one-more', from)).status).toBe(one.refusal);
    expect(target.parts.complaints).toEqual([]);
  },
);

it('counts what is guessed at one door at all others, and the whole network of an IPv6 address', async () => {
  for (let guess = 0; guess < MOST; guess += 1) {
    const one = DOORS[guess % DOORS.length] as Door;
    expect((await ask(one, 'guess', `2001:db8::${guess}`)).status).toBe(one.refusal);
  }
  for (const one of DOORS) expect((await ask(one, 'guess', '2001:db8::ffff')).status).toBe(429);
});

it('does not take a job that is over, or is another, for a guess', async () => {
  const { running, ended } = target.jobs;
  const report = async (id: number, token: string): Promise<number> => {
    const answer = await app.inject({
      method: 'PUT',
      url: `/api/v4/jobs/${id}`,
      payload: { token, state: 'running' },
      remoteAddress: '10.2.0.1',
    });
    return answer.statusCode;
  };
  const statuses = new Set<number>();
  for (let at = 0; at < MOST; at += 1) {
    statuses.add(await report(ended.id, ended.token));
    statuses.add(await report(ended.id, running.token));
  }
  expect([...statuses]).toEqual([403]);
});

async function ask(
  { route, show }: Door,
  text: string,
  from: string,
): Promise<{ readonly status: number; readonly wait: unknown }> {
  const [method = '', path = ''] = route.split(' ');
  const { headers = {}, query = {}, body } = show(text);
  const { project, jobs } = target;
  const filled = path
    .replace(':id', String(path.includes('/projects/') ? project.id : jobs.running.id))
    .replace('/:namespace/:repository', '/group/target.git')
    .replace(':ref', 'side');
  const service = path.endsWith('/info/refs') ? { service: 'git-upload-pack' } : {};
  const answer = await app.inject({
    method: method as 'GET',
    url: `${filled}?${new URLSearchParams({ ...query, ...service })}`,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    remoteAddress: from,
    ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: answer.statusCode, wait: answer.headers['retry-after'] };
}
