import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { appendLog, lacksLog } from '../logs/index.ts';
import { restRoutes } from '../rest/index.ts';
import { type OpenedRest, openRest } from '../rest/testing/open-rest.ts';
import { makeProject, type TestProject } from '../testing/make-project.ts';
import { startPipeline } from '../testing/start-pipeline.ts';
import { type TakenJob, takeJob } from '../testing/take-job.ts';
import { liveRoutes } from './index.ts';
import { type EventReader, readEvents } from './testing/read-events.ts';
import { watchedLogs } from './watched-logs.ts';

let rest: OpenedRest;
let project: TestProject;
let pipelineId: number;
const opened: EventReader[] = [];

const FILE = `
build: {stage: build, script: make, after_script: clean, interruptible: graceful}
test: {stage: test, script: make test}
`;

beforeEach(async () => {
  rest = await openRest((parts, projects) => [...restRoutes(parts), ...liveRoutes(parts, projects)]);
  project = await makeProject(rest.parts, { files: { '.gitlab-ci.yml': FILE } });
  pipelineId = await startPipeline(rest.parts, project);
});
afterEach(async () => {
  for (const reader of opened.splice(0)) reader.close();
  expect(rest.parts.complaints).toEqual([]);
  await rest.close();
});

async function watch(path: string, headers: Readonly<Record<string, string>> = {}): Promise<EventReader> {
  const reader = await readEvents(`${rest.api}/projects/${project.id}/${path}`, headers);
  opened.push(reader);
  return reader;
}

async function write(job: TakenJob, offset: number, text: string | Uint8Array): Promise<void> {
  const piece = { offset, bytes: Buffer.from(text), leaseMs: 60_000, maxBytes: 100_000_000 };
  expect((await appendLog(rest.parts, await job.attemptRecord(), piece)).kind).toBe('appended');
}

/** Until somebody waits for just so long. */
async function untilAsleepFor(ms: number): Promise<void> {
  await vi.waitFor(() => expect(rest.parts.clock.asleep()).toContain(ms), { timeout: 20_000 });
}

it('tells a pipeline and all of its jobs, then what changes', async () => {
  const reader = await watch(`pipelines/${pipelineId}/events`);
  expect(reader.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  const [first, jobs] = await reader.until('jobs');
  expect(first).toMatchObject({ event: 'pipeline', id: '1', data: { id: pipelineId, status: 'pending' } });
  expect(jobs?.data).toMatchObject([
    { name: 'build', status: 'pending', position: 0, downstream_pipeline_id: null, duration: null, scheduled_at: null },
    { name: 'test', status: 'created' },
  ]);
  const job = await takeJob(rest.parts);
  const [second, changed] = await reader.until('jobs');
  expect(second?.data.status).toBe('running');
  expect(changed?.data).toContainEqual(
    expect.objectContaining({ id: job.jobId, status: 'running', phase: 'preparing' }),
  );
});

it('tells a job through its teardown to its end', async () => {
  const job = await takeJob(rest.parts);
  const reader = await watch(`jobs/${job.jobId}/events`);
  expect((await reader.next())?.data).toMatchObject({ status: 'running', phase: 'preparing' });
  await job.report({ type: 'script_started' });
  expect((await reader.next())?.data).toMatchObject({ phase: 'script', cleanup: { outcome: null } });
  await rest.ask('POST', `/projects/${project.id}/jobs/${job.jobId}/cancel`);
  expect((await reader.next())?.data).toMatchObject({ status: 'canceling', teardown: { requested_by: 'owner' } });
  const last = { result: 'failed', cause: 'canceled', failureReason: null, exitCode: null } as const;
  await job.report({ type: 'finished', ...last, cleanup: { outcome: 'succeeded', attempt: 1 } });
  expect((await reader.until('end')).at(-1)?.data).toEqual({ status: 'canceled' });
  expect(await reader.next()).toBeNull();
});

it('tells a log from its start as it grows, through the teardown, with no half of a character', async () => {
  const job = await takeJob(rest.parts);
  const reader = await watch(`jobs/${job.jobId}/trace/events`);
  const euro = Buffer.from('€');
  await write(job, 0, 'one\n');
  expect(await reader.next()).toEqual({ event: 'log', id: '4', data: { offset: 0, next_offset: 4, text: 'one\n' } });
  await write(job, 4, euro.subarray(0, 2));
  await write(job, 6, Buffer.concat([euro.subarray(2), Buffer.from('\n')]));
  expect(await reader.next()).toEqual({ event: 'log', id: '8', data: { offset: 4, next_offset: 8, text: '€\n' } });
  await job.report({ type: 'script_started' });
  await rest.ask('POST', `/projects/${project.id}/jobs/${job.jobId}/cancel`);
  await job.report({ type: 'teardown_started', cause: 'canceled' });
  await write(job, 8, 'cleaning\n');
  expect((await reader.next())?.data.text).toBe('cleaning\n');
  const last = { result: 'failed', cause: 'canceled', failureReason: null, exitCode: null } as const;
  await job.report({ type: 'finished', ...last, cleanup: { outcome: 'succeeded', attempt: 1 } });
  expect(await reader.next()).toEqual({ event: 'end', id: '17', data: { offset: 17, status: 'canceled' } });
  expect(await reader.next()).toBeNull();
});

it('says that a log is watched, once for all who watch it, as long as one of them does', async () => {
  const job = await takeJob(rest.parts);
  const { isWatched } = watchedLogs(rest.parts);
  let said = 0;
  rest.parts.store.subscribe('watch', () => {
    said += 1;
  });
  await write(job, 0, 'one\n');
  expect(isWatched(job.jobId)).toBe(false);
  const readers = [await watch(`jobs/${job.jobId}/trace/events`), await watch(`jobs/${job.jobId}/trace/events`)];
  for (const reader of readers) await reader.next();
  expect([isWatched(job.jobId), said]).toEqual([true, 1]);
  for (let passedMs = 0; passedMs < 20_000; passedMs += 10_000) {
    await untilAsleepFor(10_000);
    rest.parts.clock.pass(10_000);
  }
  await vi.waitFor(() => expect(said).toBe(2), { timeout: 20_000 });
});

it('puts what all who watch a log are told into words once', async () => {
  const job = await takeJob(rest.parts);
  await write(job, 0, 'one\n');
  const readers = [];
  for (let count = 0; count < 3; count += 1) readers.push(await watch(`jobs/${job.jobId}/trace/events`));
  for (const reader of readers) await reader.next();
  await vi.waitFor(() => expect(rest.parts.clock.asleep().filter((ms) => ms === 10_000)).toHaveLength(3), {
    timeout: 20_000,
  });
  const words = vi.spyOn(JSON, 'stringify');
  try {
    await write(job, 4, 'two\n');
    for (const reader of readers) expect((await reader.next())?.data.text).toBe('two\n');
    expect(words.mock.calls.filter(([said]) => said?.text === 'two\n')).toHaveLength(1);
  } finally {
    words.mockRestore();
  }
});

it('takes back what a runner sends again', async () => {
  const job = await takeJob(rest.parts);
  const reader = await watch(`jobs/${job.jobId}/trace/events`);
  await write(job, 0, 'one\n');
  await write(job, 4, 'twx\n');
  while ((await reader.next())?.id !== '8');
  expect(await lacksLog(rest.parts, await job.attemptRecord(), { sizeBytes: 8, crc: 1 })).toBe(true);
  expect((rest.parts.complaints as string[]).splice(0)).toHaveLength(1);
  await write(job, 0, 'two\n');
  expect(await reader.next()).toEqual({ event: 'reset', id: '0.1', data: { offset: 0 } });
  expect(await reader.next()).toMatchObject({ event: 'log', id: '4.1', data: { text: 'two\n' } });
});

it('tells who comes back that what it had seen was sent again', async () => {
  const job = await takeJob(rest.parts);
  const at = `jobs/${job.jobId}/trace/events`;
  await write(job, 0, 'one\ntwx\n');
  await lacksLog(rest.parts, await job.attemptRecord(), { sizeBytes: 8, crc: 1 });
  expect((rest.parts.complaints as string[]).splice(0)).toHaveLength(1);
  await write(job, 0, 'two\n');
  const resumed = await watch(at, { 'last-event-id': '8' });
  expect(await resumed.next()).toEqual({ event: 'reset', id: '0.1', data: { offset: 0 } });
  expect((await resumed.next())?.data.text).toBe('two\n');
  await write(job, 4, 'three\n');
  expect((await (await watch(at, { 'last-event-id': '4.1' })).next())?.data.text).toBe('three\n');
  // Who only names a byte means the log as it is.
  expect((await (await watch(`${at}?offset=4`)).next())?.data.text).toBe('three\n');
  await job.finish();
  expect((await watch(at, { 'last-event-id': '10.1' })).status).toBe(204);
  for (const id of ['10', '10.2', '99']) {
    const events = await (await watch(at, { 'last-event-id': id })).until('end');
    expect(events.map((told) => told.event)).toEqual(['reset', 'log', 'end']);
    expect(events.at(-1)?.id).toBe('10.1');
  }
});

it('goes on where a watcher was cut off, and sends away who has seen it all', async () => {
  const job = await takeJob(rest.parts);
  await write(job, 0, 'one\ntwo\n');
  const at = `jobs/${job.jobId}/trace/events`;
  expect((await (await watch(`${at}?offset=4`)).next())?.data.text).toBe('two\n');
  const resumed = await watch(`${at}?offset=0`, { 'last-event-id': '4' });
  expect((await resumed.next())?.data).toEqual({ offset: 4, next_offset: 8, text: 'two\n' });
  await job.finish();
  expect((await watch(at, { 'last-event-id': '8' })).status).toBe(204);
  const whole = await (await watch(at)).until('end');
  expect(whole.map(({ event }) => event)).toEqual(['log', 'end']);
});

it('hides a stream from whoever may not see what it is of', async () => {
  expect((await watch(`pipelines/${pipelineId}/events`, { 'private-token': 'wrong' })).status).toBe(401);
  expect((await watch('jobs/999/events')).status).toBe(404);
  const other = await makeProject(rest.parts, { path: 'other', files: { '.gitlab-ci.yml': 'a: {script: x}' } });
  const url = `${rest.api}/projects/${other.id}/pipelines/${pipelineId}/events`;
  const reader = await readEvents(url);
  expect(reader.status).toBe(404);
});

it('looks by itself when hints are lost, and lets a watcher hear that it is still there', async () => {
  const reader = await watch(`pipelines/${pipelineId}/events`);
  await reader.until('jobs');
  await rest.parts.store.write(({ query }) =>
    query.updateTable('pipelines').set({ version: 7, name: 'unheard' }).where('id', '=', pipelineId).execute(),
  );
  await untilAsleepFor(10_000);
  rest.parts.clock.pass(10_000);
  expect(await reader.next()).toMatchObject({ event: 'pipeline', id: '7', data: { name: 'unheard' } });
  expect(reader.asides.filter((line) => line.includes('retry'))).toEqual([]);
  expect(reader.asides.length).toBeGreaterThan(0);
});

it('sends a watcher away after a while, to ask anew whether it may', async () => {
  const reader = await watch(`pipelines/${pipelineId}/events`);
  await reader.until('jobs');
  await untilAsleepFor(10_000);
  rest.parts.clock.pass(900_000);
  expect(await reader.next()).toBeNull();
  expect(reader.asides.at(-1)).toContain('retry');
});

it('holds one event for a watcher that takes nothing, and cuts it off after a while', async () => {
  const job = await takeJob(rest.parts);
  const size = 20_000_000;
  for (let at = 0; at < size; at += 2_000_000) await write(job, at, Buffer.alloc(2_000_000, 'x\n'));
  const { hostname, port } = new URL(rest.api);
  const socket: Socket = connect(Number(port), hostname);
  const path = `/api/v4/projects/${project.id}/jobs/${job.jobId}/trace/events`;
  socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nprivate-token: guest\r\n\r\n`);
  socket.pause();
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('error', () => {});
  await untilAsleepFor(30_000);
  rest.parts.clock.pass(30_000);
  socket.resume();
  await closed;
  expect(socket.bytesRead).toBeLessThan(size);
});
