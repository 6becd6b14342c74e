import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeOnEachEngine } from '../../../../test/support/engines.ts';
import { findJob, type JobRecord } from '../../../store/index.ts';
import { cancelJob } from '../../pipelines/index.ts';
import { showCleanup, showTeardown } from '../../rest/shapes/show-cleanup.ts';
import { checkRows } from '../../testing/check-rows.ts';
import { makeProject } from '../../testing/make-project.ts';
import { type OpenedParts, openParts } from '../../testing/open-parts.ts';
import { startPipeline } from '../../testing/start-pipeline.ts';
import { workOffLapsedLeases } from '../../work/sweeps/lost-attempts.ts';
import { DEFAULT_LIMITS, runnerProtocolRoutes } from '../index.ts';
import { type RunnerAnswer, type RunnerServer, serveRunners } from '../testing/serve-runners.ts';
import { addRunner, OURS, type TakenJob, type TestRunner } from '../testing/test-runner.ts';

const FILE = 'a: {script: x, after_script: y, interruptible: graceful}\n';
const DONE = { outcome: 'succeeded', exit_code: 0, duration: 2, attempt: 3, failed_attempts: 2 };
/** Stop, cleanup, save and margin. */
const TEARDOWN_MS = 970_000;

describeOnEachEngine((engine) => {
  let parts: OpenedParts;
  let server: RunnerServer;
  let runner: TestRunner;
  let job: TakenJob;

  beforeEach(async () => {
    parts = await openParts(engine);
    server = await serveRunners(parts, () => runnerProtocolRoutes(parts, DEFAULT_LIMITS));
    runner = await addRunner(parts, server, OURS);
    await startPipeline(parts, await makeProject(parts, { files: { '.gitlab-ci.yml': FILE } }));
    job = (await runner.poll()).json;
    await runner.put(job, { state: 'running', phase: 'script' });
  });
  afterEach(async () => {
    await checkRows(parts);
    await server.close();
    await parts.close();
  });

  async function record(): Promise<JobRecord> {
    const found = await parts.store.read((db) => findJob(db, job.id));
    if (found === null) throw new Error('the job is gone');
    return found;
  }
  async function loseLate(ms: number): Promise<JobRecord> {
    parts.clock.pass(ms);
    await workOffLapsedLeases(parts, new AbortController().signal);
    return await record();
  }
  const said = ({ status, headers }: RunnerAnswer) => [status, headers.get('job-status'), headers.get('epilogue-stop')];
  const teardown = (more: Readonly<Record<string, unknown>> = {}, rest = {}) =>
    runner.put(job, { state: 'running', phase: 'teardown', teardown: { cause: 'failed', ...more }, ...rest });

  it('gives a cleanup that asks for it more time, said as often as it likes, up to an hour in all', async () => {
    const until = async (extended_by: number) => {
      expect((await teardown({ extended_by })).status).toBe(200);
      const { deadline, extended_by: shown } = showTeardown(await record(), 0) ?? {};
      return [shown, Date.parse(deadline ?? '') - first];
    };
    const first = parts.clock.now() + TEARDOWN_MS;
    await teardown();
    expect(await until(90)).toEqual([90, 90_000]);
    parts.clock.pass(5_000);
    expect(await until(90)).toEqual([90, 90_000]);
    expect(await until(30.5)).toEqual([90, 90_000]);
    expect(await until(120)).toEqual([120, 120_000]);
    expect(await until(100_000)).toEqual([3_600, 3_600_000]);
    expect(await until(-5)).toEqual([3_600, 3_600_000]);
  });

  it('takes in at once what has happened in between, whether it was heard before or not, and renews the lease', async () => {
    parts.clock.pass(50_000);
    const all = { extended_by: 60, exit_code: 3 };
    for (const answer of [await teardown(all, { cleanup: DONE }), await teardown(all, { cleanup: DONE })]) {
      expect(said(answer)).toEqual([200, 'running', null]);
    }
    expect((await record()).state).toMatchObject({ phase: 'teardown', cause: 'failed', extendedMs: 60_000 });
    expect(showCleanup(await record())).toMatchObject({
      outcome: 'succeeded',
      duration: 2,
      attempt: 3,
      failed_attempts: 2,
    });
    expect((await loseLate(50_000)).state.handOut).toBe('job');
    const last = { state: 'failed', failure_reason: 'script_failure', exit_code: 3, cleanup: DONE };
    expect(said(await runner.put(job, last))).toEqual([200, 'failed', null]);
    expect((await record()).state).toMatchObject({ failureReason: 'script_failure', exitCode: 3 });
  });

  it('gives a lost runner that reports again its cleanup back, as long as nobody else has it', async () => {
    expect((await loseLate(61_000)).state.handOut).toBe('cleanup_offered');
    const over = [403, 'running', 'cause=runner_lost&offered=1'];
    expect(said(await runner.trace(job, 0, 'x'))).toEqual(over);
    expect(said(await runner.put(job, { state: 'running' }))).toEqual(over);
    expect(said(await runner.put(job, { state: 'running', phase: 'script' })), 'a late message').toEqual(over);
    const back = await runner.put(job, { state: 'running', phase: 'script', resumed: true });
    expect(said(back)).toEqual([200, 'running', 'cause=runner_lost']);
    const other = await addRunner(parts, server, OURS, 'glrt-other');
    expect((await other.poll()).status).toBe(204);
    await checkRows(parts);
    expect((await runner.trace(job, 0, 'bye')).status).toBe(202);
    expect(said(await teardown({}, { cleanup: DONE }))).toEqual([200, 'running', 'cause=runner_lost']);
    expect((await runner.put(job, { state: 'failed', cleanup: DONE })).status).toBe(200);
    expect((await record()).state).toMatchObject({ status: 'failed', failureReason: 'runner_system_failure' });
    expect(showCleanup(await record())).toMatchObject({ outcome: 'succeeded', late: null });
  });

  it('takes in what a lost runner has done meanwhile together with its coming back', async () => {
    await loseLate(61_000);
    expect((await teardown({ extended_by: 5 }, { cleanup: DONE, resumed: true })).status).toBe(200);
    expect((await record()).state).toMatchObject({ handOut: 'cleanup', extendedMs: 5_000, cleanup: { attempt: 3 } });
  });

  it('believes a runner that nothing began after all, so that nothing is owed', async () => {
    await cancelJob(parts, job.id, { force: false, by: { id: null, name: 'ann' } });
    await runner.put(job, { state: 'failed', cleanup: { outcome: 'not_owed' } });
    expect((await record()).state).toMatchObject({ status: 'canceled', owed: false });
    expect(showCleanup(await record())).toMatchObject({ outcome: 'not_owed', attempt: 0 });
  });

  it('lets a lease last as long as a runner says that it is away, up to 15 minutes', async () => {
    await runner.put(job, { state: 'running', detached: 600 });
    expect((await loseLate(590_000)).state.handOut).toBe('job');
    await runner.put(job, { state: 'running', phase: 'script', detached: 100_000 });
    expect((await loseLate(899_000)).state.handOut).toBe('job');
    expect((await loseLate(1_000)).state.handOut).toBe('cleanup_offered');
  });

  it('waits for a runner that was away no longer than for any other, once it is there again', async () => {
    await runner.put(job, { state: 'running', detached: 900 });
    parts.clock.pass(5_000);
    await runner.put(job, { state: 'running' });
    expect((await loseLate(61_000)).state.handOut, 'a late word of the one before').toBe('job');
    await runner.put(job, { state: 'running', resumed: true });
    expect((await loseLate(59_000)).state.handOut).toBe('job');
    await runner.put(job, { state: 'running', resumed: true, detached: 900 });
    expect((await loseLate(120_000)).state.handOut).toBe('job');
    await runner.put(job, { state: 'running', phase: 'script', resumed: true });
    expect((await loseLate(61_000)).state.handOut).toBe('cleanup_offered');
  });
});
