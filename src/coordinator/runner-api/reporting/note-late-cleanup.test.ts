import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeOnEachEngine } from '../../../../test/support/engines.ts';
import { findJob, listAudit, listObligations, listSettlements } from '../../../store/index.ts';
import { applyEvent } from '../../pipelines/index.ts';
import { makeProject } from '../../testing/make-project.ts';
import { type OpenedParts, openParts } from '../../testing/open-parts.ts';
import { startPipeline } from '../../testing/start-pipeline.ts';
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
    await applyEvent(parts, pipeline, { type: 'job', job: 0, event: { type: 'runner_lost', attempt: 1 } });
  });
  afterEach(async () => {
    await server.close();
    await parts.close();
  });

  const end = async (outcome: string): Promise<number> =>
    (await runner.put(job, { state: 'failed', cleanup: { outcome, attempt: 1 } })).status;
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
      ['obligation.settle', `runner ${runner.id}`],
    ]);
  });

  it('leaves it to people when the late cleanup did not succeed', async () => {
    expect([await end('failed'), await end('lost'), await end('nonsense')]).toEqual([403, 403, 403]);
    expect((await owed()).map(({ id }) => id)).toEqual([job.id]);
  });
});
