import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { whyNoPostgres } from '../../test/support/engines.ts';
import { type EventReader, type ReadEvent, readEvents } from './live/testing/read-events.ts';
import { LONG_POLL_MS } from './runner-api/requesting/long-polls.ts';
import { runnerTarget } from './runner-api/testing/serve-runners.ts';
import { addRunner, OURS, type TakenJob, type TestRunner } from './runner-api/testing/test-runner.ts';
import { makeProject, type TestProject } from './testing/make-project.ts';
import { type ServedAll, serveAll } from './testing/serve-all.ts';

const FILES = { '.gitlab-ci.yml': 'a: {script: sleep 100, after_script: [echo bye]}\n' };

/*
 * A person talks to one replica and a runner to another. The clock that both wait by stands still, so that nobody ever looks by himself, neither a long
 * poll nor a stream: what arrives was told.
 */
describe.skipIf(whyNoPostgres() !== null)('two replicas', () => {
  let one: ServedAll;
  let otherUrl: string;
  let runner: TestRunner;
  let project: TestProject;
  const readers: EventReader[] = [];

  beforeEach(async () => {
    one = await serveAll({ engine: 'PostgreSQL' });
    otherUrl = await one.openReplica();
    runner = await addRunner(one.parts, runnerTarget(otherUrl), OURS);
    project = await makeProject(one.parts, { path: 'far', files: FILES });
  });
  afterEach(async () => {
    for (const reader of readers.splice(0)) reader.close();
    await one.close();
  });

  const ask = (method: string, path: string, body?: object) =>
    one.ask(method, `/api/v4/projects/${project.id}${path}`, { as: 'administrator', body });
  const cancel = async ({ id }: TakenJob, how = '') =>
    expect((await ask('POST', `/jobs/${id}/cancel${how}`)).json).toMatchObject({ id });

  async function start(): Promise<void> {
    expect((await ask('POST', '/pipeline', { ref: 'main' })).status).toBe(201);
  }

  async function takeJob(): Promise<TakenJob> {
    await start();
    const job = (await runner.poll()).json as TakenJob;
    await runner.put(job, { state: 'running', phase: 'script' });
    return job;
  }

  async function listen(): Promise<EventReader> {
    await runner.poll();
    const headers = { 'runner-token': runner.token };
    const reader = await readEvents(`${otherUrl}/api/v4/runners/events?system_id=s_1`, headers);
    readers.push(reader);
    expect((await reader.next())?.event).toBe('look');
    return reader;
  }

  const poll = () => runner.poll({ lastUpdate: 'epilogue' });
  const untilHeld = () =>
    vi.waitFor(() => expect(one.parts.clock.asleep()).toContain(LONG_POLL_MS), { timeout: 20_000 });

  /** Bells may ring at any time. */
  async function afterBells(reader: EventReader): Promise<ReadEvent | null> {
    for (;;) {
      const event = await reader.next();
      if (event?.event !== 'work') return event;
    }
  }

  it('tell a runner that listens to the one what was cancelled on the other', async () => {
    const reader = await listen();
    const job = await takeJob();
    await cancel(job);
    expect(await afterBells(reader)).toMatchObject({ event: 'cancel', data: { job_id: job.id, by: 'administrator' } });
    await cancel(job, '?force=true');
    expect(await afterBells(reader)).toMatchObject({ event: 'abort', data: { job_id: job.id } });
  });

  it('tell a runner of GitLab in the next answer after a cancel on the other, and ask it to call every second', async () => {
    const job = await takeJob();
    expect((await runner.trace(job, 0, 'one\n')).headers.get('job-status')).toBe('running');
    await cancel(job);
    const told = await runner.trace(job, 4, 'two\n');
    expect([told.headers.get('job-status'), told.headers.get('x-gitlab-trace-update-interval')]).toEqual([
      'canceling',
      '1',
    ]);
    await cancel(job, '?force=true');
    expect((await runner.put(job, { state: 'running' })).headers.get('job-status')).toBe('canceled');
  });

  it('make a runner look that could not hear of a cancel while the listening connections were cut, and tell it of the next', async () => {
    const reader = await listen();
    const job = await takeJob();
    const heal = await one.parts.database?.cutListeners();
    await cancel(job);
    await heal?.();
    // It missed the cancel, and is told that it may have.
    expect(await afterBells(reader)).toMatchObject({ event: 'look' });
    expect((await runner.trace(job, 0, 'one\n')).headers.get('job-status')).toBe('canceling');
    await cancel(job, '?force=true');
    expect(await afterBells(reader)).toMatchObject({ event: 'abort', data: { job_id: job.id } });
  });

  it('wake a request for work that waits at the one when a job comes to be on the other, also one that came while nobody could hear', async () => {
    const deaf = poll();
    await untilHeld();
    // Making a pipeline takes several connections, and new ones are refused now.
    await Promise.all(Array.from({ length: 8 }, () => ask('GET', '')));
    const heal = await one.parts.database?.cutListeners();
    await start();
    await heal?.();
    expect((await deaf).status).toBe(201);
    const hearing = poll();
    await untilHeld();
    await start();
    expect((await hearing).status).toBe(201);
  });
});
