import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { anyEvent, choices, jobsOfAnyShape, RANDOM, STAGES } from '../../../test/support/any-pipeline.ts';
import { plannedJob } from '../../../test/support/jobs/planned-job.ts';
import { applyPipeline, everyJob, type PipelineEvent, rowOf, type SchedulableJob } from '../../lifecycle/index.ts';
import type { Plan } from '../../protocol/index.ts';
import { findPipeline, insertAttempt, loadJobRows } from '../../store/index.ts';
import { checkRows } from '../testing/check-rows.ts';
import { makeProject, type TestProject } from '../testing/make-project.ts';
import { type OpenedParts, openParts } from '../testing/open-parts.ts';
import { insertNewPipeline } from './create/insert-new-pipeline.ts';
import { preparePipeline } from './create/prepare-pipeline.ts';
import type { PreparedPipeline } from './create/prepared-pipeline.ts';
import { derivedRows } from './transaction/derived-rows.ts';
import { inPipeline } from './transaction/in-pipeline.ts';
import type { OpenPipeline } from './transaction/open-pipeline.ts';
import { cacheOf } from './transaction/pipeline-cache.ts';

let parts: OpenedParts;
let project: TestProject;
let prepared: PreparedPipeline;

beforeAll(async () => {
  parts = await openParts();
  project = await makeProject(parts, { files: { '.gitlab-ci.yml': 'a: {script: x}\n' } });
  const origin = { projectId: project.id, ref: 'main', refType: 'branch', sha: project.sha, beforeSha: null } as const;
  const preparation = await preparePipeline(parts, {
    ...origin,
    source: 'push',
    userId: null,
    given: [],
    inputs: {},
    parent: null,
  });
  if (preparation.kind !== 'ready') throw new Error('the file is fine');
  prepared = preparation.prepared;
});
afterAll(async () => {
  await parts.close();
});

function planOf(jobs: readonly SchedulableJob[]): Plan {
  return {
    name: null,
    stages: STAGES,
    variables: [],
    autoCancel: { onNewCommit: 'conservative', onJobFailure: 'none' },
    jobs: jobs.map(({ trigger, afterScript = ['true'], ...rules }) => {
      const { strategy } = trigger ?? { strategy: 'none' };
      const forward = { yamlVariables: true, pipelineVariables: false };
      const whole = rules.isTrigger ? { include: [], project: null, branch: null, strategy, forward } : null;
      return plannedJob(rules.name, { ...rules, afterScript, trigger: whole, stage: STAGES[rules.stageIndex] ?? '' });
    }),
  };
}

/** Sends an event, and gives an attempt that begins with it its row, as handing out does. */
async function send(pipelineId: number, event: PipelineEvent): Promise<void> {
  await inPipeline(parts, pipelineId, async (open) => {
    const refused = open.send(event);
    if (refused === null && event.type === 'job') await noteAttempt(open, event.job, event.event.type);
  });
}

async function noteAttempt({ tx, record, loaded, state }: OpenPipeline, number: number, type: string): Promise<void> {
  const job = everyJob(state)[number];
  if (job === undefined || (type !== 'claim' && type !== 'claim_cleanup')) return;
  const { attempt } = derivedRows(job.state, job.state.spec.kind);
  if (attempt === null) return;
  const jobId = loaded.jobIds[number] ?? 0;
  await insertAttempt(tx, {
    jobId,
    pipelineId: record.id,
    projectId: record.projectId,
    attempt,
    kind: 'job',
    tokenHash: `${jobId} ${attempt}`,
    runnerId: 1,
    managerId: null,
    features: { cancelGracefully: true, phases: true, cleanupOnly: true },
    leaseUntil: tx.now() + 60_000,
  });
}

it('keeps every row as the states say, after every event, whether the state came from the cache or from the rows', async () => {
  await fc.assert(
    fc.asyncProperty(jobsOfAnyShape, choices, async (jobs, picks) => {
      const plan = planOf(jobs);
      const inserted = await parts.store.write((tx) => insertNewPipeline(tx, { ...prepared, plan }));
      let { state } = inserted;
      await checkRows(parts, inserted.id);
      for (const pick of picks.slice(0, 25)) {
        parts.clock.pass(5);
        const event = anyEvent(state, pick);
        state = applyPipeline(state, event, parts.clock.now()).state;
        if (pick % 3 === 0) cacheOf(parts.store).clear();
        await send(inserted.id, event);
        const rows = await parts.store.read((db) => loadJobRows(db, inserted.id));
        expect(rows.map((row) => row.state)).toEqual(everyJob(state).map((job) => rowOf(job).state));
        const record = await parts.store.read((db) => findPipeline(db, inserted.id));
        expect(record?.status).toBe(state.status);
        await checkRows(parts, inserted.id);
      }
    }),
    { ...RANDOM, numRuns: 30 },
  );
});
