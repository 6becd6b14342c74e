import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeOnEachEngine } from '../../../../test/support/engines.ts';
import { findJob, listAudit, listObligations, listSettlements } from '../../../store/index.ts';
import { cancelJob } from '../../pipelines/index.ts';
import { showCleanup } from '../../rest/shapes/show-cleanup.ts';
import { makeProject } from '../../testing/make-project.ts';
import { type OpenedParts, openParts } from '../../testing/open-parts.ts';
import { jobsOf, startPipeline, statusOf } from '../../testing/start-pipeline.ts';
import { workOffLapsedLeases } from '../../work/sweeps/lost-attempts.ts';
import { DEFAULT_LIMITS, runnerProtocolRoutes } from '../index.ts';
import { type RunnerServer, serveRunners } from '../testing/serve-runners.ts';
import { addRunner, OURS, type TakenJob, type TestRunner } from '../testing/test-runner.ts';

const FILES = { '.gitlab-ci.yml': 'a: {script: x, after_script: y}\n' };
const PAGE = { limit: 10, offset: 0, after: null, order: 'asc' } as const;

describeOnEachEngine((engine) => {
  let parts: OpenedParts;
  let server: RunnerServer;
  let runner: TestRunner;
  let job: TakenJob;

  beforeEach(async () => {
    parts = await openParts(engine);
    server = await serveRunners(parts, () => runnerProtocolRoutes(parts, DEFAULT_LIMITS));
    runner = await addRunner(parts, server, OURS);
    const pipeline = await startPipeline(parts, await makeProject(parts, { files: FILES }));
    job = (await runner.poll()).json;
    await runner.put(job, { state: 'running', phase: 'script' });
    parts.clock.pass(61_000);
    await workOffLapsedLeases(parts, new AbortController().signal);
    expect(await statusOf(parts, pipeline)).toBe('failed');
  });
  afterEach(async () => {
    await server.close();
    await parts.close();
  });

  const end = async (outcome: string): Promise<number> =>
    (await runner.put(job, { state: 'failed', cleanup: { outcome, exit_code: 3, duration: 1.5, attempt: 1 } })).status;
  const owed = async () =>
    await parts.store.read((db) => listObligations(db, { kind: 'lost', projectId: null, withSettled: false }, PAGE));

  it('settles the obligation of a lost cleanup whose runner comes back and has run it, once, and leaves the result', async () => {
    expect((await owed()).map(({ id }) => id)).toEqual([job.id]);
    expect([await end('succeeded'), await end('succeeded')]).toEqual([403, 403]);
    expect(await owed()).toEqual([]);
    const { state, settled, audit } = await parts.store.read(async (db) => ({
      state: (await findJob(db, job.id))?.state,
      settled: (await listSettlements(db, [job.id])).get(job.id),
      audit: await listAudit(db, null, PAGE),
    }));
    expect(state).toMatchObject({ status: 'failed', cleanup: { outcome: 'lost' } });
    expect(settled).toMatchObject({
      userName: `runner ${runner.id}`,
      reason: expect.stringContaining('came back late'),
    });
    expect(audit.map(({ action, userName }) => [action, userName])).toEqual([
      ['cleanup.late', `runner ${runner.id}`],
      ['obligation.settle', `runner ${runner.id}`],
    ]);
  });

  const late = async () => {
    const found = await parts.store.read((db) => findJob(db, job.id));
    return found === null ? null : showCleanup(found);
  };
  const lateAudit = async () => (await parts.store.read((db) => listAudit(db, null, PAGE))).map((each) => each.details);

  it('leaves it to people when the late cleanup did not succeed, and has that on record', async () => {
    expect([await end('lost'), await end('nonsense')]).toEqual([403, 403]);
    expect(await late()).toMatchObject({ outcome: 'lost', late: null });
    expect([await end('failed'), await end('failed')]).toEqual([403, 403]);
    const { runnerId, ...said } = { runnerId: runner.id, outcome: 'failed', exit_code: 3, attempt: 1 };
    expect(await late()).toMatchObject({ outcome: 'lost', late: { ...said, runner_id: runnerId, duration: 1.5 } });
    expect((await owed()).map(({ id }) => id)).toEqual([job.id]);
    expect(await end('timed_out')).toBe(403);
    expect(await late()).toMatchObject({ late: { outcome: 'timed_out' } });
    await end('succeeded');
    await end('failed');
    expect(await late()).toMatchObject({ late: { outcome: 'succeeded' } });
    expect(await owed()).toEqual([]);
    expect(await lateAudit()).toMatchObject([
      { attempt: 1, outcome: 'failed', exit_code: 3 },
      { outcome: 'timed_out' },
      { outcome: 'succeeded' },
      { reason: expect.stringContaining('came back late') },
    ]);
  });

  it('tells a runner that was given up that it is lost with whatever it writes, and not that its job was forced', async () => {
    const file = new FormData();
    file.append('file', new Blob(['x']), 'artifacts.zip');
    const answers = [
      await runner.put(job, { state: 'running' }),
      await runner.put(job, { state: 'running', phase: 'teardown', teardown: { cause: 'failed' } }),
      await runner.put(job, { state: 'success' }),
      await runner.trace(job, 0, 'late'),
      await server.request('POST', `/api/v4/jobs/${job.id}/artifacts`, {
        body: file,
        headers: { 'job-token': job.token },
      }),
    ];
    const told = answers.map(({ status, headers }) => [
      status,
      headers.get('job-status'),
      headers.get('epilogue-stop'),
    ]);
    expect(told).toEqual(answers.map(() => [403, 'failed', 'cause=runner_lost']));
    expect((await parts.store.read((db) => findJob(db, job.id)))?.state).toMatchObject({ status: 'failed' });
  });

  it('tells it so too when its cleanup was handed on, and of a force then that it was one', async () => {
    const other = await addRunner(parts, server, OURS, 'glrt-other');
    const file = 'a: {script: x, after_script: y, interruptible: graceful}\n';
    const pipeline = await startPipeline(
      parts,
      await makeProject(parts, { path: 'b', files: { '.gitlab-ci.yml': file } }),
    );
    job = (await runner.poll()).json;
    await runner.put(job, { state: 'running', phase: 'script' });
    parts.clock.pass(61_000);
    await workOffLapsedLeases(parts, new AbortController().signal);
    const handedOn = (await other.poll()).json as TakenJob;
    expect(handedOn.id).toBe(job.id);
    const told = async () => (await runner.put(job, { state: 'running' })).headers.get('epilogue-stop');
    expect(await told()).toBe('cause=runner_lost');
    await end('failed');
    expect(await late()).toMatchObject({ outcome: null, late: { outcome: 'failed', attempt: 1 } });
    const [record] = await jobsOf(parts, pipeline);
    await cancelJob(parts, record?.id ?? 0, { force: true, by: { id: null, name: 'ann' } });
    expect(await told()).toBe('cause=canceled&by=ann&force=1');
  });
});
