import { afterEach, beforeEach, expect, it } from 'vitest';
import { Failure } from '../../../base/index.ts';
import { logKeys } from '../../../blobs/index.ts';
import { findJobVariables, listAudit } from '../../../store/index.ts';
import { doomedBlobsSweep } from '../../artifacts/index.ts';
import { appendLog, sealingSweep } from '../../logs/index.ts';
import { makeProject, type TestProject } from '../../testing/make-project.ts';
import { jobsOf, startPipeline } from '../../testing/start-pipeline.ts';
import { type TakenJob, takeJob } from '../../testing/take-job.ts';
import { restRoutes } from '../index.ts';
import { type Asked, type AskOptions, type OpenedRest, openRest } from '../testing/open-rest.ts';

let rest: OpenedRest;
let project: TestProject;
let pipelineId: number;
const post = (path: string, options?: AskOptions): Promise<Asked> =>
  rest.ask('POST', `/projects/${project.id}/jobs/${path}`, options);
const get = (path: string, options?: AskOptions): Promise<Asked> =>
  rest.ask('GET', `/projects/${project.id}/jobs/${path}`, options);
const idOf = async (name: string): Promise<number> =>
  (await jobsOf(rest.parts, pipelineId)).find((job) => job.name === name)?.id ?? -1;

const FILE = `
build: {script: make, after_script: clean, interruptible: graceful}
deploy: {script: ship, when: manual}
`;

beforeEach(async () => {
  rest = await openRest(restRoutes);
  project = await makeProject(rest.parts, { files: { '.gitlab-ci.yml': FILE } });
  pipelineId = await startPipeline(rest.parts, project);
});
afterEach(async () => {
  expect(rest.parts.complaints).toEqual([]);
  await rest.close();
});

async function write(job: TakenJob, offset: number, text: string): Promise<void> {
  const piece = { offset, bytes: Buffer.from(text), leaseMs: 60_000, maxBytes: 1_000_000 };
  expect((await appendLog(rest.parts, await job.attemptRecord(), piece)).kind).toBe('appended');
}

it('cancels a running job into its teardown, and says until when, by whom and how it ended', async () => {
  const job = await takeJob(rest.parts);
  await job.report({ type: 'script_started' });
  const { status, json } = await post(`${job.jobId}/cancel`, { as: 'developer' });
  expect(status).toBe(201);
  expect(json).toMatchObject({ status: 'canceling', cleanup: { outcome: null }, attempt: 1 });
  expect(json.teardown).toMatchObject({
    cause: 'canceled',
    requested_by: 'developer',
    requested_at: '2026-01-02T03:04:05.000Z',
    forced_by: null,
  });
  const times = { began_at: '2026-01-02T03:04:05.000Z', cleanup_until: '2026-01-02T03:09:15.000Z' };
  expect(json.teardown).toMatchObject({ ...times, deadline: '2026-01-02T03:20:15.000Z', step: null });
  expect(json.budgets).toEqual({ job: 3600, script: null, stop: 10, cleanup: 300, save: 600 });
  rest.parts.clock.pass(7_000);
  const later = (await get(`${job.jobId}`)).json.teardown;
  expect(later).toMatchObject({ ...times, now: '2026-01-02T03:04:12.000Z' });
  expect((await post(`${job.jobId}/cancel`)).json.teardown.requested_by).toBe('developer');
  await job.report({ type: 'teardown_started', cause: 'canceled' });
  expect((await get(`${job.jobId}`)).json).toMatchObject({ status: 'canceling', phase: 'teardown' });
  const cleanup = { outcome: 'failed', exitCode: 3, durationMs: 1500, attempt: 1 } as const;
  await job.report({ type: 'cleaned', cause: 'canceled', cleanup });
  const saving = { began_at: times.began_at, cleanup_until: null, step: 'saving' };
  expect((await get(`${job.jobId}`)).json.teardown).toMatchObject(saving);
  const last = { result: 'failed', cause: 'canceled', failureReason: null, exitCode: null, cleanup } as const;
  await job.report({ type: 'finished', ...last });
  const ended = (await get(`${job.jobId}`)).json;
  expect(ended).toMatchObject({
    status: 'canceled',
    phase: null,
    teardown: { cause: 'canceled', deadline: null, now: null, began_at: null, step: null },
    cleanup: { outcome: 'failed', exit_code: 3, duration: 1.5, attempt: 1 },
  });
  expect(Object.keys(ended)).not.toContain('failure_reason');
});

it('lets maintainers alone cut a teardown short, which is on record', async () => {
  const job = await takeJob(rest.parts);
  await job.report({ type: 'script_started' });
  expect((await post(`${job.jobId}/cancel?force=true`, { as: 'developer' })).status).toBe(403);
  expect((await get(`${job.jobId}`)).json.status).toBe('running');
  const { status, json } = await post(`${job.jobId}/cancel`, { as: 'maintainer', body: { force: true } });
  expect(status).toBe(201);
  expect(json).toMatchObject({
    status: 'canceled',
    teardown: { forced_by: 'maintainer' },
    cleanup: { outcome: 'skipped', skipped_by: 'maintainer' },
  });
  const page = { limit: 10, offset: 0, after: null, order: 'asc' } as const;
  const audit = await rest.parts.store.read((db) => listAudit(db, project.id, page));
  expect(audit).toMatchObject([{ action: 'job.force_cancel', userName: 'maintainer', targetId: String(job.jobId) }]);
});

it('answers a cancel of what has ended with the job as it is', async () => {
  const id = await idOf('build');
  expect((await post(`${id}/cancel`)).json).toMatchObject({ status: 'canceled', cleanup: { outcome: 'not_owed' } });
  expect((await post(`${id}/cancel`)).status).toBe(201);
  expect((await post('999/cancel')).status).toBe(404);
});

it('retries what has ended, as a new job', async () => {
  const job = await takeJob(rest.parts);
  expect((await post(`${job.jobId}/retry`)).json).toEqual({ message: '403 Forbidden - Job is not retryable' });
  await job.finish(1);
  expect((await get(`${job.jobId}`)).json).toMatchObject({ status: 'failed', failure_reason: 'script_failure' });
  const { status, json } = await post(`${job.jobId}/retry`, { as: 'developer' });
  expect([status, json.name, json.status]).toEqual([201, 'build', 'pending']);
  expect(json.id).not.toBe(job.jobId);
});

it('plays a manual job with variables of its own', async () => {
  const id = await idOf('deploy');
  const body = { job_variables_attributes: [{ key: 'WHERE', value: 'eu' }] };
  const { status, json } = await post(`${id}/play`, { body, as: 'developer' });
  expect([status, json.status, json.user.username]).toEqual([200, 'pending', 'developer']);
  expect(await rest.parts.store.read((db) => findJobVariables(db, id))).toMatchObject([{ key: 'WHERE', value: 'eu' }]);
  const again = await post(`${id}/play`);
  expect([again.status, again.json]).toEqual([400, { message: '400 Bad request - Unplayable Job' }]);
});

it('lets nobody run jobs on a protected branch who may not push to it', async () => {
  await rest.parts.store.write(({ query }) =>
    query
      .insertInto('protected_refs')
      .values({ project_id: project.id, kind: 'branch', pattern: 'ma*', push_role: 40, merge_role: 40 })
      .execute(),
  );
  const id = await idOf('deploy');
  expect((await post(`${id}/play`, { as: 'developer' })).status).toBe(403);
  expect((await post(`${id}/play`, { as: 'maintainer' })).status).toBe(200);
  // Who sees that something goes wrong may stop it.
  expect((await post(`${id}/cancel`, { as: 'developer' })).status).toBe(201);
});

it('shows the log while it grows, whole and by range, and an empty one where there is none', async () => {
  expect(await get(`${await idOf('build')}/trace`)).toMatchObject({ status: 200, text: '' });
  const job = await takeJob(rest.parts);
  await write(job, 0, 'hello\n');
  await write(job, 6, 'world\n');
  const path = `${job.jobId}/trace`;
  const whole = await get(path);
  expect([whole.text, whole.headers.get('content-type')]).toEqual(['hello\nworld\n', 'text/plain; charset=utf-8']);
  const part = await get(path, { headers: { range: 'bytes=6-8' } });
  expect([part.status, part.text, part.headers.get('content-range')]).toEqual([206, 'wor', 'bytes 6-8/12']);
  expect((await get(path, { headers: { range: 'bytes=6-' } })).text).toBe('world\n');
  expect((await get(path, { headers: { range: 'bytes=-3' } })).text).toBe('ld\n');
  const past = await get(path, { headers: { range: 'bytes=12-' } });
  expect([past.status, past.headers.get('content-range')]).toEqual([416, 'bytes */12']);
  expect((await get(path, { headers: { range: 'lines=1-2' } })).text).toBe('hello\nworld\n');
});

it('erases what a job that has ended has left, and nothing of one that runs', async () => {
  const job = await takeJob(rest.parts);
  await write(job, 0, 'secret\n');
  expect((await post(`${job.jobId}/erase`)).json).toEqual({ message: '403 Forbidden - Job is not erasable!' });
  await job.finish();
  // A developer's are their own: this one was started by nobody.
  expect((await post(`${job.jobId}/erase`, { as: 'developer' })).status).toBe(403);
  const { status, json } = await post(`${job.jobId}/erase`, { as: 'maintainer' });
  expect([status, json.erased_at]).toEqual([201, '2026-01-02T03:04:05.000Z']);
  expect((await get(`${job.jobId}/trace`)).text).toBe('');
  expect((await post(`${job.jobId}/erase`)).status).toBe(403);
});

it('erases a job whole or not at all, and leaves bytes that cannot be removed to the sweep', async () => {
  const { store, blobs } = rest.parts;
  const job = await takeJob(rest.parts);
  await write(job, 0, 'secret\n');
  await job.finish();
  await sealingSweep.run(rest.parts, new AbortController().signal);
  const { write: writeStore } = store;
  // As when the server dies before its commit.
  store.write = () => Promise.reject(new Failure('store_unreachable', 'gone'));
  expect((await post(`${job.jobId}/erase`)).status).toBeGreaterThanOrEqual(500);
  store.write = writeStore;
  expect((await get(`${job.jobId}/trace`)).text).toBe('secret\n');
  const { delete: deleteBlob } = blobs;
  blobs.delete = () => Promise.reject(new Failure('store_unavailable', 'gone'));
  const { status, json } = await post(`${job.jobId}/erase`);
  blobs.delete = deleteBlob;
  expect([status, json.erased_at, (await get(`${job.jobId}/trace`)).text]).toEqual([
    201,
    '2026-01-02T03:04:05.000Z',
    '',
  ]);
  expect(await blobs.stat(logKeys(job.jobId).log)).not.toBeNull();
  const complaints = (rest.parts.complaints as string[]).splice(0);
  expect(complaints).toEqual([expect.stringContaining('bytes that belong to nothing are left to a sweep')]);
  await doomedBlobsSweep().run(rest.parts, new AbortController().signal);
  expect(await blobs.stat(logKeys(job.jobId).log)).toBeNull();
});

it('lets developers erase what they have run themselves', async () => {
  const id = await idOf('deploy');
  await post(`${id}/play`, { as: 'developer' });
  let job = await takeJob(rest.parts);
  while (job.jobId !== id) job = await takeJob(rest.parts);
  await write(job, 0, 'secret\n');
  await job.finish();
  expect((await post(`${id}/erase`, { as: 'developer' })).status).toBe(201);
});
