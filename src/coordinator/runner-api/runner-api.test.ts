import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { findJob } from '../../store/index.ts';
import { readJobLog } from '../logs/index.ts';
import { applyEvent } from '../pipelines/index.ts';
import { makeProject } from '../testing/make-project.ts';
import { type OpenedParts, openParts } from '../testing/open-parts.ts';
import { jobsOf, startPipeline } from '../testing/start-pipeline.ts';
import { DEFAULT_LIMITS, runnerProtocolRoutes } from './index.ts';
import { type RunnerServer, serveRunners } from './testing/serve-runners.ts';
import { addRunner, OURS, type TakenJob, type TestRunner } from './testing/test-runner.ts';

const FILE = 'a: {script: echo hi, after_script: [echo bye]}\n';

let parts: OpenedParts;
let server: RunnerServer;
let runner: TestRunner;

beforeEach(async () => {
  parts = await openParts();
  server = await serveRunners(parts, () => runnerProtocolRoutes(parts, DEFAULT_LIMITS));
  runner = await addRunner(parts, server);
});

afterEach(async () => {
  await server.close();
  await parts.close();
});

async function start(): Promise<number> {
  return await startPipeline(parts, await makeProject(parts, { files: { '.gitlab-ci.yml': FILE } }));
}

async function take(by = runner): Promise<TakenJob> {
  const answer = await by.poll();
  expect([answer.status, answer.headers.get('x-gitlab-last-update')]).toEqual([201, 'epilogue']);
  return answer.json;
}

async function cancel({ id }: TakenJob, type: 'cancel' | 'force_cancel' = 'cancel'): Promise<void> {
  const job = await parts.store.read((db) => findJob(db, id));
  const event = type === 'cancel' ? ({ type, by: 'ana', cause: 'canceled' } as const) : { type, by: 'ana' };
  await applyEvent(parts, job?.pipelineId ?? 0, { type: 'job', job: job?.number ?? 0, event });
}

async function logOf({ id }: TakenJob): Promise<string> {
  const log = await readJobLog(parts, id);
  return log === null ? '' : await text(log.body);
}

it('sees a job of an unmodified runner through: request, trace in pieces, result', async () => {
  expect((await runner.poll()).status).toBe(204);
  const pipeline = await start();
  const job = await take();
  expect((await runner.put(job, { state: 'running', output: {} })).headers.get('job-status')).toBe('running');
  const wrong = await runner.trace(job, 5, 'one\n');
  expect([wrong.status, wrong.headers.get('range')]).toEqual([416, '0-0']);
  const first = await runner.trace(job, 0, 'one\n');
  expect([first.status, first.headers.get('range'), first.headers.get('x-gitlab-trace-update-interval')]).toEqual([
    202,
    '0-4',
    '1',
  ]);
  expect((await runner.trace(job, 0, 'one\n')).headers.get('range')).toBe('0-4');
  expect((await runner.trace(job, 4, 'two\n')).status).toBe(202);
  const last = await runner.put(job, { state: 'success', output: { checksum: 'crc32:0', bytesize: 8 } });
  expect([last.status, last.headers.get('job-status'), last.bytes.toString()]).toEqual([200, 'success', '200']);
  expect(await logOf(job)).toBe('one\ntwo\n');
  const [record] = await jobsOf(parts, pipeline);
  expect(record?.state).toMatchObject({ status: 'success', failureReason: null });
  const again = await runner.put(job, { state: 'success' });
  expect([again.status, again.headers.get('job-status')]).toEqual([403, 'success']);
  expect((await runner.trace(job, 8, 'late')).status).toBe(403);
});

it('notes why and with what a job failed', async () => {
  const pipeline = await start();
  const job = await take();
  await runner.put(job, { state: 'failed', failure_reason: 'of a newer runner', exit_code: 3 });
  const [record] = await jobsOf(parts, pipeline);
  expect(record?.state).toMatchObject({ status: 'failed', failureReason: 'unknown_failure', exitCode: 3 });
});

it('asks for the log again when the runner counted more than came', async () => {
  await start();
  const job = await take();
  await runner.trace(job, 0, 'one\n');
  const result = { state: 'success', output: { bytesize: 8 } };
  expect((await runner.put(job, result)).status).toBe(412);
  expect((await runner.trace(job, 0, 'one\ntwo\n')).headers.get('range')).toBe('0-4');
  await runner.trace(job, 4, 'two\n');
  expect((await runner.put(job, result)).status).toBe(200);
});

it('cancels gracefully: the runner is told, its log and its cleanup go on, and it ends as canceled', async () => {
  const pipeline = await start();
  const job = await take();
  await runner.put(job, { state: 'running' });
  await runner.trace(job, 0, 'one\n');
  await cancel(job);
  const told = await runner.trace(job, 4, 'two\n');
  expect([told.status, told.headers.get('job-status')]).toEqual([202, 'canceling']);
  expect(told.headers.get('epilogue-stop')).toBe('cause=canceled&by=ana');
  expect((await runner.put(job, { state: 'running' })).headers.get('job-status')).toBe('canceling');
  expect((await runner.trace(job, 8, 'bye\n')).status).toBe(202);
  const last = await runner.put(job, { state: 'failed', failure_reason: 'job_canceled' });
  expect([last.status, last.headers.get('job-status')]).toEqual([200, 'canceled']);
  expect((await jobsOf(parts, pipeline))[0]?.state.status).toBe('canceled');
});

it('refuses everything of a forced job, and says why', async () => {
  await start();
  const job = await take();
  await runner.put(job, { state: 'running' });
  await cancel(job, 'force_cancel');
  for (const answer of [await runner.trace(job, 0, 'x'), await runner.put(job, { state: 'running' })]) {
    expect([answer.status, answer.headers.get('job-status')]).toEqual([403, 'canceled']);
    expect(answer.headers.get('epilogue-stop')).toBe('cause=canceled&by=ana&force=1');
  }
});

it('tells no runner that its job was forced whose job was only cancelled', async () => {
  const ours = await addRunner(parts, server, OURS, 'glrt-ours');
  await start();
  const job = await take(ours);
  await cancel(job);
  const told = await ours.put(job, { state: 'running', phase: 'script' });
  expect([told.status, told.headers.get('epilogue-stop')]).toEqual([403, 'cause=canceled&by=ana']);
});

it('believes no runner that lies about ids, tokens, states and places', async () => {
  await start();
  const job = await take();
  const other = { id: job.id + 1, token: job.token };
  expect((await runner.put(other, { state: 'success' })).status).toBe(403);
  expect((await runner.trace({ id: 999_999, token: job.token }, 0, 'x')).status).toBe(403);
  expect((await runner.put({ ...job, token: 'glcbt-guess' }, { state: 'success' })).status).toBe(403);
  expect((await runner.put({ ...job, token: '' }, { state: 'success' })).status).toBe(403);
  expect((await runner.put(job, { state: 'exploded' })).status).toBe(400);
  expect((await runner.put(job, {})).status).toBe(400);
  expect((await runner.put(job, { state: 'pending' })).status).toBe(409);
  expect((await runner.trace(job, 2 ** 40, 'x')).status).toBe(416);
  const headers = { 'job-token': job.token };
  const path = `/api/v4/jobs/${job.id}/trace`;
  expect((await server.request('PATCH', path, { body: 'x', headers })).status).toBe(400);
  const spoiled = { ...headers, 'content-range': '-1-5' };
  expect((await server.request('PATCH', path, { body: 'x', headers: spoiled })).status).toBe(400);
  const large = { body: Buffer.alloc((2 << 20) + 1), headers: { ...headers, 'content-range': '0-1' } };
  expect((await server.request('PATCH', path, large)).status).toBe(413);
  expect((await runner.put(job, { state: 'running', output: 7, exit_code: 'x', info: [] })).status).toBe(200);
  expect(parts.complaints).toEqual([]);
});

it('takes phases and the end of the cleanup from a runner that knows them', async () => {
  const ours = await addRunner(parts, server, OURS, 'glrt-ours');
  const pipeline = await start();
  const job = await take(ours);
  expect((await ours.put(job, { state: 'running', phase: 'script' })).status).toBe(200);
  expect((await jobsOf(parts, pipeline))[0]?.state).toMatchObject({ phase: 'script', owed: true });
  await cancel(job);
  const late = await ours.put(job, { state: 'running', phase: 'script' });
  expect([late.status, late.headers.get('job-status')]).toEqual([409, 'canceling']);
  await ours.put(job, { state: 'running', phase: 'teardown', teardown: { cause: 'canceled' } });
  const cleanup = { outcome: 'succeeded', exit_code: 0, duration: 1.5 };
  await ours.put(job, { state: 'failed', teardown: { cause: 'canceled' }, cleanup });
  expect((await jobsOf(parts, pipeline))[0]?.state).toMatchObject({
    status: 'canceled',
    cleanup: { outcome: 'succeeded', exitCode: 0, durationMs: 1500, attempt: 1 },
  });
});

it('holds the request of a runner that waits, and answers it when a job comes', async () => {
  const waiting = runner.poll({ lastUpdate: 'epilogue' });
  await start();
  expect((await waiting).status).toBe(201);
});

it('lets a held request go after 50 seconds, and when the server stops', async () => {
  const waiting = runner.poll({ lastUpdate: 'epilogue' });
  let isOver = false;
  void waiting.then(() => {
    isOver = true;
  });
  await vi.waitFor(() => {
    parts.clock.pass(10_000);
    expect(isOver).toBe(true);
  });
  expect((await waiting).status).toBe(204);
});

it('gives a job to one of many that wait, and the next to another', async () => {
  const waiting = Array.from({ length: 5 }, () => runner.poll({ lastUpdate: 'epilogue' }));
  const jobs = 'a: {script: "true"}\nb: {script: "true"}\n';
  await startPipeline(parts, await makeProject(parts, { files: { '.gitlab-ci.yml': jobs } }));
  const taken = new Set<number>();
  for (const each of waiting) void each.then(({ status, json }) => status === 201 && taken.add(json.id));
  await vi.waitFor(() => expect(taken.size).toBe(2));
  parts.clock.pass(60_000);
  const statuses = (await Promise.all(waiting)).map(({ status }) => status);
  expect(statuses.sort()).toEqual([201, 201, 204, 204, 204]);
});

it('keeps a job for others when the runner that waited has gone', async () => {
  const gone = new AbortController();
  const waiting = runner.poll({ lastUpdate: 'epilogue', signal: gone.signal });
  gone.abort();
  await expect(waiting).rejects.toThrow();
  await start();
  await vi.waitFor(async () => expect((await runner.poll()).status).toBe(201));
});
