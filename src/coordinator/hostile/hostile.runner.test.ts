import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { upload } from '../artifacts/testing/upload.ts';
import { checkRows } from '../testing/check-rows.ts';
import { made, openTarget, type Target, type TargetJob } from './testing/open-target.ts';

/** `FUZZ=seed:times` and the same command asks the same again, or more of it. */
const [SEED = 7, TIMES = 150] = (process.env.FUZZ ?? '').split(':').filter(Boolean).map(Number);

let target: Target;
beforeAll(async () => {
  target = await openTarget();
}, 60_000);
afterAll(() => target.close());

type Sent = { readonly token?: string; readonly headers?: Readonly<Record<string, string>>; readonly payload?: string };

/** As a runner asks, with the token of a job. */
async function say(method: 'GET' | 'PUT' | 'PATCH' | 'POST', url: string, { token, headers = {}, payload }: Sent) {
  const shown = token === undefined ? {} : { 'job-token': token };
  const type = payload?.startsWith('{') === true ? { 'content-type': 'application/json' } : {};
  const sent = payload === undefined ? {} : { payload };
  return await target.app.inject({ method, url, headers: { ...shown, ...type, ...headers }, ...sent });
}

const put = (id: number | string, token: string, body: unknown) =>
  say('PUT', `/api/v4/jobs/${id}`, { token, payload: JSON.stringify(body) });
const trace = (id: number | string, token: string, range: string | null, payload = 'x') =>
  say('PATCH', `/api/v4/jobs/${id}/trace`, {
    token,
    headers: range === null ? {} : { 'content-range': range },
    payload,
  });
const send = (id: number, token: string) =>
  upload(target, { jobId: id, token, content: 'x', query: 'artifact_type=junit&artifact_format=raw' });
const clone = (path: string, token: string) => {
  const authorization = `Basic ${Buffer.from(`gitlab-ci-token:${token}`).toString('base64')}`;
  return say('GET', `/group/${path}.git/info/refs?service=git-upload-pack`, { headers: { authorization } });
};
const fetched = async (id: number, token: string) =>
  (await say('GET', `/api/v4/jobs/${id}/artifacts`, { token })).statusCode;
const blobs = async () => (await target.parts.blobs.list('artifacts/')).blobs.length;
const logOf = async () =>
  (await target.ask('GET', `/api/v4/projects/${target.project.id}/jobs/${target.jobs.running.id}/trace`)).text;

it("takes a job's token for no other job, whatever it is used for", async () => {
  const { running, foreign, ended, waiting } = target.jobs;
  const before = [await blobs(), await logOf()];
  const others = [foreign.id, ended.id, waiting.id, 999_999, '0', '-1', '1e6', '1.5', '9007199254740993', 'x', '%00'];
  const came: unknown[] = [];
  for (const id of others) {
    const statuses = [
      (await put(id, running.token, { state: 'success' })).statusCode,
      (await put(id, '', { state: 'success', token: running.token })).statusCode,
      (await trace(id, running.token, '0-0')).statusCode,
      (await send(id as number, running.token)).status,
    ];
    came.push([id, statuses.filter((status) => status !== 403 && !(typeof id === 'string' && status === 400))]);
  }
  expect(came).toEqual(others.map((id) => [id, []]));
  expect([await blobs(), await logOf()]).toEqual(before);
});

it("opens to a job's token the repository and artifacts of its own project alone", async () => {
  const { running, foreign, ended } = target.jobs;
  const statuses = async ({ token }: TargetJob) => [
    (await clone('target', token)).statusCode,
    (await clone('other', token)).statusCode,
    await fetched(running.id, token),
  ];
  expect(await statuses(running)).toEqual([200, 404, 200]);
  expect(await statuses(foreign)).toEqual([404, 200, 403]);
  expect(await statuses(ended)).toEqual([401, 401, 403]);
  for (const id of ['foreign', 'waiting'] as const) {
    expect(await fetched(target.jobs[id].id, running.token)).toBe(id === 'foreign' ? 403 : 404);
  }
});

it('keeps of a log what follows on what is there, whatever places a runner names', async () => {
  const { id, token } = target.jobs.running;
  const wrong = ['0-4', '4-8', '6-9', '0-0', '9-', '999999999999999-999999999999999', 'bytes 0-4/*', '00000000000000'];
  for (const range of wrong) {
    const { statusCode, headers } = await trace(id, token, range);
    expect([range, statusCode, headers.range]).toEqual([
      range,
      range.includes('-') ? 416 : 400,
      range.includes('-') ? '0-5' : undefined,
    ]);
  }
  const none = [
    '-5-9',
    '-1',
    '5',
    'five-six',
    '0x5-9',
    '5e0-9',
    '5.0-9',
    '5-9, 10-19',
    '9007199254740993-9007199254740994',
    '+5-9',
    '',
  ];
  for (const range of [...none, null]) {
    expect([range, (await trace(id, token, range)).statusCode]).toEqual([range, 400]);
  }
  // What it says of the end is not looked at.
  for (const [at, range] of ['5-2', '6-999999999', '7-'].entries()) {
    expect((await trace(id, token, range, String(at))).statusCode).toBe(202);
  }
  expect((await trace(id, token, '8-8', '')).statusCode).toBe(202);
  expect(await logOf()).toBe('hello012');
  expect(target.parts.complaints).toEqual([]);
});

it('leaves no bytes behind of artifacts that it refused', async () => {
  const { id, token } = target.jobs.running;
  const before = await blobs();
  const dotenv = (content: string) =>
    upload(target, { jobId: id, token, content, query: 'artifact_type=dotenv&artifact_format=raw' });
  expect((await dotenv('no variable')).status).toBe(400);
  expect((await dotenv(`A=${'x'.repeat(100_000)}`)).status).toBe(413);
  expect((await upload(target, { jobId: id, token, content: 'x', query: 'artifact_type=Bad-Type' })).status).toBe(400);
  expect(await blobs()).toBe(before);
});

it("listens to a job's token for nothing at all from the moment it has ended", async () => {
  const { id, token } = target.jobs.running;
  expect((await put(id, token, { state: 'success' })).statusCode).toBe(200);
  const before = [await blobs(), await logOf()];
  const said = [
    await put(id, token, { state: 'running' }),
    await put(id, token, { state: 'failed' }),
    await put(id, token, { state: 'success' }),
    await trace(id, token, '8-8'),
    await say('GET', `/api/v4/jobs/${id}/artifacts`, { token }),
  ];
  expect(said.map(({ statusCode }) => statusCode)).toEqual([403, 403, 403, 403, 403]);
  expect(said.slice(0, 4).map(({ headers }) => headers['job-status'])).toEqual(Array(4).fill('success'));
  expect((await send(id, token)).status).toBe(403);
  expect((await say('GET', '/api/v4/job', { token })).statusCode).toBe(404);
  expect((await clone('target', token)).statusCode).toBe(401);
  expect((await say('GET', `/api/v4/projects/${target.project.id}`, { token })).statusCode).toBe(401);
  expect([await blobs(), await logOf()]).toEqual(before);
  await checkRows(target.parts);
});

const WORDS = [
  'running',
  'success',
  'failed',
  'canceled',
  'canceling',
  'pending',
  'created',
  'skipped',
  '',
  '__proto__',
  'SUCCESS',
];
const ODD = fc.constantFrom<unknown>(
  null,
  true,
  -1,
  1.5,
  2 ** 53,
  1e300,
  '',
  'x'.repeat(600),
  '\0',
  [],
  {},
  { toString: 1 },
  [['x']],
);
const said = <T>(...good: readonly T[]) =>
  fc.oneof({ weight: 4, arbitrary: fc.constantFrom<unknown>(...good) }, { weight: 1, arbitrary: ODD });
const REPORT = fc.record(
  {
    state: said(...WORDS),
    phase: said('preparing', 'script', 'teardown', 'over'),
    teardown: fc.record(
      {
        cause: said('succeeded', 'failed', 'canceled', 'evicted', 'runner_lost', 'nothing'),
        exit_code: said(0, 1, 137),
      },
      { requiredKeys: [] },
    ),
    cleanup: fc.record(
      {
        outcome: said('succeeded', 'failed', 'skipped', 'lost', 'not_owed', 'timed_out'),
        exit_code: said(0, 1),
        attempt: said(1, 2, 99),
        duration: said(0, 1e9, -1),
        reason: said('x'),
      },
      { requiredKeys: [] },
    ),
    failure_reason: said('script_failure', 'runner_system_failure', 'job_canceled', 'stuck_or_timeout_failure', 'none'),
    exit_code: said(0, 1, 255),
    output: fc.record({ bytesize: said(0, 5, 99), checksum: said('crc32:00000000') }, { requiredKeys: [] }),
    checksum: said('x'),
    info: fc.constantFrom<unknown>({ features: { trace_reset: true } }, {}, 7),
  },
  { requiredKeys: ['state'] },
);

it(
  'holds its rows together whatever a runner reports, in whatever order',
  async () => {
    const { token: runnerToken } = await made(target, '/user/runners', { runner_type: 'instance_type' });
    const reports = fc.sample(REPORT, { numRuns: TIMES, seed: SEED });
    const jobs = [target.jobs.foreign];
    const features = {
      cancel_gracefully: true,
      phases: true,
      cleanup_only: true,
      upload_multiple_artifacts: true,
      artifacts_exclude: true,
    };
    for (const [at, report] of reports.entries()) {
      if (jobs.length < 4) {
        const { token, id } = await take(runnerToken, features);
        if (id !== undefined) jobs.push({ token, id });
        else await target.ask('POST', `/api/v4/projects/${target.project.id}/pipeline`, { body: { ref: 'main' } });
      }
      const job = jobs[at % jobs.length] ?? target.jobs.running;
      const { statusCode, payload } = await put(job.id, job.token, report);
      const told = `FUZZ=${SEED}:${TIMES} ${JSON.stringify(report)}: ${statusCode} ${payload}`;
      expect([200, 400, 403, 409, 412], told).toContain(statusCode);
      if (statusCode === 403) jobs.splice(at % jobs.length, 1);
    }
    expect(target.parts.complaints).toEqual([]);
    await checkRows(target.parts);
  },
  30_000 + TIMES * 200,
);

async function take(token: string, features: object): Promise<Partial<TargetJob> & { readonly token: string }> {
  const body = { token, system_id: 's_9', info: { name: 'x', executor: 'shell', features } };
  const answer = await say('POST', '/api/v4/jobs/request', { payload: JSON.stringify(body) });
  return answer.statusCode === 201 ? answer.json() : { token: '' };
}
