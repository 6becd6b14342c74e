import { invariant } from '../../../base/index.ts';
import { findJob, type PipelineJob, type PipelineState, rowOf } from '../../../lifecycle/index.ts';
import { isFinished, type Plan } from '../../../protocol/index.ts';
import {
  findJobVariables,
  insertJobs,
  type PipelineChange,
  putEffect,
  setJobVariables,
  type Tx,
  updateJobs,
  updatePipeline,
} from '../../../store/index.ts';
import { looksOf } from './look.ts';
import { newJob } from './new-job.ts';
import type { OpenPipeline } from './open-pipeline.ts';
import type { LoadedPipeline } from './pipeline-cache.ts';
import { writeDerivedRows } from './write-derived-rows.ts';

/** Writes what the events of one transaction came to, and returns the pipeline as it is once that is committed. */
export async function writeChanges(open: OpenPipeline, plan: Plan, by: number | null): Promise<LoadedPipeline> {
  const { tx, record, loaded, state: after } = open;
  const before = loaded.state;
  if (!open.isChanged) return loaded;
  const version = loaded.version + 1;
  const touched = [...open.touched].sort((a, b) => a - b);
  const jobIds = await writeJobs(open, plan, touched, by);
  const { projectId, isProtected } = record;
  const common = { pipelineId: record.id, projectId, before, after, touched, jobIds };
  await writeDerivedRows(tx, {
    ...common,
    isProtected,
    tags: (position) => plan.jobs[position]?.tags ?? [],
  });
  await updatePipeline(tx, record.id, changeOf(open, version));
  const isChild = record.parentPipelineId !== null;
  const { effects, isResumed } = open;
  for (const each of looksOf({ ...common, isChild, isResumed, effects, now: tx.now() })) await putEffect(tx, each);
  publishHints(tx, open, version, jobIds);
  return { id: record.id, version, state: after, jobIds };
}

async function writeJobs(
  { tx, record, loaded, state, given }: OpenPipeline,
  plan: Plan,
  touched: readonly number[],
  by: number | null,
): Promise<readonly number[]> {
  const jobs = touched.map((number) => jobAt(state, number));
  const known = loaded.jobIds.length;
  await updateJobs(tx, record.id, jobs.filter(({ number }) => number < known).map(changedJob));
  const fresh = jobs.filter(({ number }) => number >= known);
  if (fresh.length === 0) return loaded.jobIds;
  const rows = fresh.map((job) => {
    const planned = plan.jobs[job.position];
    invariant(planned !== undefined, `position ${job.position} is in the plan`);
    return newJob(job, planned, by ?? record.userId);
  });
  const ids = await insertJobs(tx, record, rows);
  const jobIds = [...loaded.jobIds, ...fresh.map(({ number }) => ids.get(number) ?? -1)];
  for (const { number, retriedAs } of jobs) {
    if (retriedAs === null || retriedAs < known) continue;
    // What a job was given when it was played, its retry is given too.
    const variables = given.get(retriedAs) ?? (await findJobVariables(tx, jobIds[number] ?? -1));
    if (variables !== null) await setJobVariables(tx, jobIds[retriedAs] ?? -1, variables);
  }
  return jobIds;
}

function changedJob(job: PipelineJob): Parameters<typeof updateJobs>[2][number] {
  return {
    number: job.number,
    state: rowOf(job).state,
    allowFailure: job.allowFailure,
    isRetried: job.retriedAs !== null,
  };
}

function jobAt(state: PipelineState, number: number): PipelineJob {
  const job = findJob(state, number);
  invariant(job !== undefined, `job ${number} is in the pipeline`);
  return job;
}

function changeOf({ tx, record, state }: OpenPipeline, version: number): PipelineChange {
  const { status, cancelRequest } = state;
  const now = tx.now();
  const isOver = isFinished(status);
  return {
    version,
    status,
    cancelRequest,
    startedAt: record.startedAt ?? (status === 'running' ? now : null),
    finishedAt: isOver ? (status === record.status ? record.finishedAt : now) : null,
  };
}

function publishHints(tx: Tx, { record, effects }: OpenPipeline, version: number, jobIds: readonly number[]): void {
  tx.publish({ kind: 'pipeline', id: record.id, value: version });
  tx.publish({ kind: 'project', id: record.projectId, value: record.id });
  for (const effect of effects) {
    if (effect.type !== 'stop' && effect.type !== 'abort') continue;
    tx.publish({ kind: 'stop', id: jobIds[effect.job] ?? 0, value: effect.attempt });
  }
}
