import { afterAll, beforeAll, expect, it } from 'vitest';
import { randomTrace, type TraceStep } from '../../../test/support/model-traces.ts';
import type { JobEvent, JobState } from '../../lifecycle/index.ts';
import type { Interruptible } from '../../protocol/index.ts';
import { findAttempt, findJob, renewLease } from '../../store/index.ts';
import { insertNewPipeline } from '../pipelines/create/insert-new-pipeline.ts';
import { preparePipeline } from '../pipelines/create/prepare-pipeline.ts';
import type { PreparedPipeline } from '../pipelines/create/prepared-pipeline.ts';
import { applyEvent, cancelJob } from '../pipelines/index.ts';
import { cacheOf } from '../pipelines/transaction/pipeline-cache.ts';
import { checkRows } from '../testing/check-rows.ts';
import { makeProject } from '../testing/make-project.ts';
import { type OpenedParts, openParts } from '../testing/open-parts.ts';
import { FOREIGN_RUNNER, OUR_RUNNER } from '../testing/runners.ts';
import { takeJob } from '../testing/take-job.ts';
import { fromRunner, type RunnerAsking, type RunnerReport } from './index.ts';
import { workOffWakes } from './sweeps/due-wakes.ts';
import { workOffLapsedLeases } from './sweeps/lost-attempts.ts';

const TRACES = 125;
const LENGTH = 60;
const PERSON = { id: null, name: 'person' };
const signal = new AbortController().signal;

let parts: OpenedParts;

beforeAll(async () => {
  parts = await openParts();
});
afterAll(async () => {
  await parts.close();
});

interface Played {
  readonly jobId: number;
  readonly pipelineId: number;
  readonly runner: RunnerAsking;
}

/** Has happen to a real job what happened to the one of the model. */
async function replay({ jobId, pipelineId, runner }: Played, { label, heard, job }: TraceStep): Promise<void> {
  if (label === 'the coordinator restarts') cacheOf(parts.store).clear();
  if (heard === null) return;
  const { event, due } = heard;
  switch (event.type) {
    case 'claim':
    case 'claim_cleanup': {
      const taken = await takeJob(parts, event.type === 'claim' ? runner : OUR_RUNNER);
      expect(taken.jobId).toBe(jobId);
      // It was heard of, so that losing it is a loss.
      await taken.renew();
      return;
    }
    case 'renew':
      return await replayRenewal(jobId, event.attempt);
    case 'cancel':
    case 'force_cancel':
      await cancelJob(parts, jobId, { force: event.type === 'force_cancel', by: PERSON });
      return;
    case 'tick':
      return due === 'lease' ? await lapse(jobId) : await passDeadline(jobId);
    default:
      await replayWord({ jobId, pipelineId }, event, job);
  }
}

async function replayRenewal(jobId: number, attempt: number): Promise<void> {
  const record = await parts.store.read((db) => findAttempt(db, jobId, attempt));
  if (record !== null) await parts.store.write((tx) => renewLease(tx, record.id, tx.now() + 60_000));
}

async function replayWord(
  { jobId, pipelineId }: Pick<Played, 'jobId' | 'pipelineId'>,
  event: JobEvent,
  { attempt }: JobState,
): Promise<void> {
  if (event.type === 'drop' || event.type === 'evicted' || event.type === 'play') {
    await applyEvent(parts, pipelineId, { type: 'job', job: 0, event });
    return;
  }
  const said = 'attempt' in event ? event.attempt : attempt;
  const record = await parts.store.read((db) => findAttempt(db, jobId, said));
  if (record === null) throw new Error(`attempt ${said} is not there`);
  await fromRunner(parts, record, event as RunnerReport);
}

/** In the model a lease may run out at any moment. */
async function lapse(jobId: number): Promise<void> {
  await parts.store.write((tx) =>
    tx.query
      .updateTable('attempts')
      .set({ lease_until: tx.now() })
      .where('job_id', '=', jobId)
      .where('ended_at', 'is', null)
      .execute(),
  );
  await workOffLapsedLeases(parts, signal);
}

async function passDeadline(jobId: number): Promise<void> {
  const deadline = (await parts.store.read((db) => findJob(db, jobId)))?.state.deadline ?? null;
  if (deadline !== null) parts.clock.pass(Math.max(0, deadline - parts.clock.now()));
  await workOffWakes(parts, signal);
}

/** Of a job, what the model says too. Instants are abstract there: set or not. */
function comparable(job: Omit<JobState, 'spec'>): unknown {
  const { status, phase, cause, attempt, handOut, owed, cleanup, cleanupHandOuts, failureReason, exitCode } = job;
  const { deadline, cancelRequest, forceRequest } = job;
  return {
    ...{ status, phase, cause, attempt, handOut, owed, cleanup, cleanupHandOuts, failureReason, exitCode },
    hasDeadline: deadline !== null,
    canceledBy: cancelRequest?.by ?? null,
    forced: forceRequest === null ? null : { by: forceRequest.by, owed: forceRequest.owed },
  };
}

async function prepare(path: string, interruptible: Interruptible): Promise<PreparedPipeline> {
  const file = `job: {script: x, after_script: y, interruptible: ${interruptible}}\n`;
  const project = await makeProject(parts, { path, files: { '.gitlab-ci.yml': file } });
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
  return preparation.prepared;
}

/** Ends what a trace left open, so that the next one's runner finds its own job. */
async function finishOff(jobId: number): Promise<void> {
  await cancelJob(parts, jobId, { force: true, by: PERSON });
}

it.each([
  { interruptible: 'graceful', runner: OUR_RUNNER, seed: 1_000 },
  { interruptible: 'graceful', runner: FOREIGN_RUNNER, seed: 2_000 },
  { interruptible: true, runner: OUR_RUNNER, seed: 3_000 },
  { interruptible: false, runner: FOREIGN_RUNNER, seed: 4_000 },
] as const)(
  'ends in the same states as the model of the lifecycle ($interruptible, from seed $seed)',
  async (variant) => {
    const { interruptible, runner, seed } = variant;
    const endings = new Set<string>();
    const prepared = await prepare(`shop-${seed}`, interruptible);
    for (let trace = 0; trace < TRACES; trace += 1) {
      const { id: pipelineId, jobIds } = await parts.store.write((tx) => insertNewPipeline(tx, prepared));
      const jobId = jobIds[0] ?? 0;
      const steps = randomTrace({
        interruptible,
        runner: runner.features,
        cleanupHandOuts: 2,
        seed: seed + trace,
        length: LENGTH,
      });
      for (const [at, step] of steps.entries()) {
        await replay({ jobId, pipelineId, runner }, step);
        if (step.heard === null) continue;
        const job = await parts.store.read((db) => findJob(db, jobId));
        const labels = steps.slice(0, at + 1).map(({ label }) => label);
        expect(job === null ? null : comparable(job.state), labels.join('\n')).toEqual(comparable(step.job));
        await checkRows(parts, pipelineId);
        if (step.job.cleanup !== null) endings.add(step.job.cleanup.outcome);
      }
      await finishOff(jobId);
    }
    // They led somewhere: jobs were cleaned, lost, forced and cancelled before they ran.
    expect(endings.size).toBeGreaterThanOrEqual(3);
  },
  120_000,
);
