import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { describeOnEachEngine } from '../../../../test/support/engines.ts';
import { type AttemptRecord, findAttempt } from '../../../store/index.ts';
import { appendLog, sealingSweep } from '../../logs/index.ts';
import { restRoutes } from '../../rest/index.ts';
import { type OpenedRest, openRest } from '../../rest/testing/open-rest.ts';
import { makeProject } from '../../testing/make-project.ts';
import { startPipeline } from '../../testing/start-pipeline.ts';
import { takeJob } from '../../testing/take-job.ts';
import { liveRoutes } from '../index.ts';
import { type EventReader, readEvents } from '../testing/read-events.ts';

describeOnEachEngine((engine) => {
  let rest: OpenedRest;
  let job: Awaited<ReturnType<typeof takeJob>>;
  let attempt: AttemptRecord;
  let written = 0;
  const opened: EventReader[] = [];

  beforeEach(async () => {
    rest = await openRest((parts, projects) => [...restRoutes(parts), ...liveRoutes(parts, projects)], engine);
    const project = await makeProject(rest.parts, { files: { '.gitlab-ci.yml': 'a: {script: make}\n' } });
    await startPipeline(rest.parts, project);
    job = await takeJob(rest.parts);
    await job.report({ type: 'script_started' });
    attempt = (await rest.parts.store.read((db) => findAttempt(db, job.jobId, 1))) as AttemptRecord;
    written = 0;
  });
  afterEach(async () => {
    for (const reader of opened.splice(0)) reader.close();
    expect(rest.parts.complaints).toEqual([]);
    await rest.close();
  });

  async function append(words: string): Promise<void> {
    const bytes = Buffer.from(words);
    await appendLog(rest.parts, attempt, { offset: written, bytes, leaseMs: 60_000, maxBytes: 1e9 });
    written += bytes.length;
  }

  async function watch(at = ''): Promise<EventReader> {
    const reader = await readEvents(`${rest.api}/events?watch[]=${encodeURIComponent(`log:${job.jobId}${at}`)}`);
    opened.push(reader);
    return reader;
  }

  async function next(reader: EventReader) {
    const event = await reader.next();
    expect(event?.event).toBe('log');
    return event?.data.data;
  }

  /** Ten times a second at most. */
  async function passRest(): Promise<void> {
    await vi.waitFor(() => expect(rest.parts.clock.asleep()).toContain(100), { timeout: 20_000 });
    rest.parts.clock.pass(100);
  }

  it('tells lines from one on, an unfinished one again as a whole, and where the job failed before the end', async () => {
    await append('section_start:1:step_script\r\u001b[0KRun\nzero\n10%');
    const reader = await watch('@1');
    expect(await next(reader)).toMatchObject({
      job_id: job.jobId,
      from: 1,
      lines: ['zero', '10%'],
      total: 3,
      growing: true,
      sections: [{ name: 'step_script', end_line: null }],
    });
    await append('\r20%');
    await passRest();
    expect(await next(reader)).toMatchObject({ from: 2, lines: ['20%'], total: 3, sections: null });
    await append('\nboom\nsection_end:2:step_script\r\u001b[0KERROR: Job failed\n');
    await job.report({ type: 'teardown_started', cause: 'failed' });
    await passRest();
    const grown = (await reader.until('log')).at(-1)?.data.data;
    expect(grown).toMatchObject({ from: 2, lines: ['20%', 'boom', 'ERROR: Job failed'], total: 5 });
    const last = { result: 'failed', cause: 'failed', failureReason: 'script_failure', exitCode: 1 } as const;
    await job.report({ type: 'finished', ...last, cleanup: { outcome: 'not_owed', attempt: 1 } });
    await sealingSweep.run(rest.parts, new AbortController().signal);
    await passRest();
    const ended = await reader.until('end');
    expect(ended.at(-2)?.data.data).toMatchObject({ growing: false, failed_line: 3 });
    expect(ended.at(-1)?.data.data).toEqual({ status: 'failed' });
  });

  it('tells who does not follow only how it grows, and who is far behind the end', async () => {
    await append('line\n'.repeat(5_000));
    const facts = await next(await watch());
    expect(facts).toMatchObject({ total: 5_000, size: 25_000 });
    expect(facts).not.toHaveProperty('lines');
    const { from, lines } = await next(await watch('@3'));
    expect([from, lines.length]).toEqual([4_000, 1_000]);
  });

  it('knows no such watch', async () => {
    for (const name of [`log:${job.jobId}@`, `log:${job.jobId}@-1`, 'log:x', 'log:1@2@3'])
      expect((await rest.ask('GET', `/events?watch[]=${encodeURIComponent(name)}`)).status).toBe(400);
  });
});
