import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { whyNoPostgres } from '../../../../test/support/engines.ts';
import { findJob } from '../../../store/index.ts';
import { watchedLogs } from '../../live/index.ts';
import { type EventReader, type ReadEvent, readEvents } from '../../live/testing/read-events.ts';
import type { Parts } from '../../parts.ts';
import { cancelJob } from '../../pipelines/index.ts';
import { makeProject, type TestProject } from '../../testing/make-project.ts';
import { type OpenedParts, openParts } from '../../testing/open-parts.ts';
import { startPipeline } from '../../testing/start-pipeline.ts';
import { hashToken } from '../../work/index.ts';
import { DEFAULT_LIMITS, runnerProtocolRoutes } from '../index.ts';
import { type RunnerServer, serveRunners } from '../testing/serve-runners.ts';
import { addRunner, FOREIGN, OURS, type TakenJob, type TestRunner } from '../testing/test-runner.ts';
import { openEventDesk } from './event-desk.ts';

const FILES = { '.gitlab-ci.yml': 'a: {script: sleep 100, after_script: [echo bye]}\n' };
const MOST = 3;

let parts: OpenedParts;
let server: RunnerServer;
let runner: TestRunner;
let project: TestProject;
const opened: EventReader[] = [];

async function open(engine?: 'PostgreSQL'): Promise<void> {
  parts = await openParts(engine);
  const limits = { ...DEFAULT_LIMITS, maxStreamsPerRunner: MOST };
  server = await serveRunners(parts, () => runnerProtocolRoutes(parts, limits));
  runner = await addRunner(parts, server, OURS);
  project = await makeProject(parts, { files: FILES });
}

async function close(): Promise<void> {
  for (const reader of opened.splice(0)) reader.close();
  await server.close();
  await parts.close();
}

async function listen(systemId = 's_1'): Promise<EventReader> {
  const url = `${server.url}/api/v4/runners/events?system_id=${systemId}`;
  const reader = await readEvents(url, { 'runner-token': runner.token });
  opened.push(reader);
  return reader;
}

async function takeJob(by: Parts = parts): Promise<TakenJob> {
  await startPipeline(by, project);
  const job = (await runner.poll()).json as TakenJob;
  await runner.put(job, { state: 'running', phase: 'script' });
  return job;
}

/** Status of an answer that is no stream. */
async function refusal(systemId = 's_1', token = runner.token): Promise<number> {
  const path = `/api/v4/runners/events?system_id=${systemId}`;
  return (await server.request('GET', path, { headers: { 'runner-token': token } })).status;
}

const cancel = (job: TakenJob, force = false, by: Parts = parts) =>
  cancelJob(by, job.id, { force, by: { id: null, name: 'ann' } });

/** As one who watches its log does. */
async function watchLog({ id }: TakenJob, by: Parts = parts): Promise<void> {
  const job = await by.store.read((db) => findJob(db, id));
  if (job !== null) await watchedLogs(by).note(job);
}

async function intervalAfter(job: TakenJob, offset: number, by: TestRunner = runner): Promise<string | null> {
  return (await by.trace(job, offset, 'x')).headers.get('x-gitlab-trace-update-interval');
}

/** Bells may ring at any time. */
async function afterBells(reader: EventReader): Promise<ReadEvent | null> {
  for (;;) {
    const event = await reader.next();
    if (event?.event !== 'work') return event;
  }
}

async function untilAsleepFor(ms: number): Promise<void> {
  await vi.waitFor(() => expect(parts.clock.asleep()).toContain(ms), { timeout: 20_000 });
}

describe('the event stream of a runner', () => {
  beforeEach(() => open());
  afterEach(close);

  // The clock stands still: nothing is found by looking now and then.
  it('tells of a cancel and of a force as soon as they are made, by the name that the runner knows its attempt by', async () => {
    await runner.poll();
    const reader = await listen();
    expect((await afterBells(reader))?.event).toBe('look');
    const job = await takeJob();
    await cancel(job);
    const about = { job_id: job.id, attempt: 1, token_sha256: hashToken(job.token), by: 'ann' };
    expect(await afterBells(reader)).toMatchObject({
      event: 'cancel',
      data: { ...about, job_status: 'canceling', cause: 'canceled', deadline: expect.stringMatching(/Z$/) },
    });
    await cancel(job, true);
    expect(await afterBells(reader)).toMatchObject({
      event: 'abort',
      data: { ...about, job_status: 'canceled', force: true },
    });
    expect(parts.complaints).toEqual([]);
  });

  it('tells of an attempt that is over for another reason that nobody has forced it', async () => {
    await runner.poll();
    const reader = await listen();
    expect((await afterBells(reader))?.event).toBe('look');
    await startPipeline(parts, project);
    const job = (await runner.poll()).json as TakenJob;
    await cancel(job);
    expect(await afterBells(reader)).toMatchObject({ event: 'abort', data: { by: 'ann', force: false } });
  });

  it('says that a log is watched, and for as long pieces of it are wanted at once', async () => {
    await runner.poll();
    const reader = await listen();
    expect((await afterBells(reader))?.event).toBe('look');
    const job = await takeJob();
    expect(await intervalAfter(job, 0)).toBe('1');
    await watchLog(job);
    expect(await afterBells(reader)).toEqual({
      event: 'watch',
      id: null,
      data: { job_id: job.id, attempt: 1, token_sha256: hashToken(job.token) },
    });
    expect(await intervalAfter(job, 1)).toBe('0');
    parts.clock.pass(29_999);
    expect(await intervalAfter(job, 2)).toBe('0');
    parts.clock.pass(1);
    expect(await intervalAfter(job, 3)).toBe('1');
    const foreign = await addRunner(parts, server, FOREIGN, 'glrt-foreign');
    await startPipeline(parts, project);
    const theirs = (await foreign.poll()).json as TakenJob;
    await watchLog(theirs);
    expect(await intervalAfter(theirs, 0, foreign)).toBe('1');
  });

  it('is there for none but a runner that has named it, once for each of its managers, and for so many of them', async () => {
    expect(await refusal()).toBe(409);
    await runner.poll();
    expect(await refusal('s_other')).toBe(409);
    expect(await refusal('s_1', 'wrong')).toBe(403);
    const foreign = await addRunner(parts, server, FOREIGN, 'glrt-foreign');
    await foreign.poll();
    expect(await refusal('s_1', foreign.token)).toBe(409);
    const first = await listen();
    expect((await afterBells(first))?.event).toBe('look');
    expect((await afterBells(await listen()))?.event).toBe('look');
    expect(await afterBells(first)).toBeNull();
    for (const id of ['s_2', 's_3', 's_4']) await runner.poll({ systemId: id });
    for (const id of ['s_2', 's_3']) expect((await afterBells(await listen(id)))?.event).toBe('look');
    expect(await refusal('s_4')).toBe(429);
  });

  it('has room again when somebody leaves, once for each who does', () => {
    const desk = openEventDesk(parts, 2);
    const [first, second] = [desk.sit(1, 11), desk.sit(1, 12)];
    expect([desk.sit(1, 13), desk.sit(2, 21) === null]).toEqual([null, false]);
    const again = desk.sit(1, 11);
    expect([first?.replaced.aborted, again?.replaced.aborted]).toEqual([true, false]);
    first?.leave();
    expect(desk.sit(1, 13)).toBeNull();
    second?.leave();
    second?.leave();
    expect([desk.sit(1, 13) === null, desk.sit(1, 14)]).toEqual([false, null]);
  });

  it('rings for work where no runner waits for any', async () => {
    await runner.poll();
    const reader = await listen();
    expect((await afterBells(reader))?.event).toBe('look');
    await startPipeline(parts, project);
    expect((await reader.next())?.event).toBe('work');
    expect((await runner.poll()).status).toBe(201);
  });

  it('beats while there is nothing to tell, sends the runner away after a while, and says when the server stops', async () => {
    await runner.poll();
    const reader = await listen();
    await afterBells(reader);
    await untilAsleepFor(15_000);
    parts.clock.pass(15_000);
    await untilAsleepFor(15_000);
    parts.clock.pass(900_000);
    expect(await afterBells(reader)).toBeNull();
    expect(reader.asides).toHaveLength(3);
    expect(reader.asides.at(-1)).toContain('retry');
    const again = await listen();
    await afterBells(again);
    void server.close();
    expect((await afterBells(again))?.event).toBe('shutdown');
    expect(await afterBells(again)).toBeNull();
  });

  it('is not disturbed by a connection that broke before it was answered', async () => {
    await runner.poll();
    const reader = await listen();
    await afterBells(reader);
    const { hostname, port } = new URL(server.url);
    // A second stream that its reader has left in the middle of everything disturbs nobody.
    const socket = connect(Number(port), hostname);
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.write(`GET /api/v4/runners/events?system_id=s_1 HTTP/1.1\r\nhost: x\r\n`);
    socket.destroy();
    const job = await takeJob();
    await cancel(job);
    expect((await afterBells(reader))?.event).toBe('cancel');
  });
});

// On SQLite there is one process.
describe.skipIf(whyNoPostgres() !== null)('the event stream of a runner, with replicas', () => {
  beforeEach(() => open('PostgreSQL'));
  afterEach(close);

  it('tells of a cancel that was made on another replica, of a watcher and of work that came to be there', async () => {
    const other = await parts.openReplica();
    await runner.poll();
    const reader = await listen();
    expect((await afterBells(reader))?.event).toBe('look');
    const job = await takeJob(other);
    expect((await reader.next())?.event).toBe('work');
    await watchLog(job, other);
    expect(await afterBells(reader)).toMatchObject({ event: 'watch', data: { job_id: job.id } });
    expect(await intervalAfter(job, 0)).toBe('0');
    await cancel(job, false, other);
    expect(await afterBells(reader)).toMatchObject({ event: 'cancel', data: { job_id: job.id } });
    await cancel(job, true, other);
    expect(await afterBells(reader)).toMatchObject({ event: 'abort', data: { job_id: job.id } });
  });
});
