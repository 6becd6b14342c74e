import { formatProblem } from '../../../base/index.ts';
import { applyPipeline, createPipeline, everyJob, type PipelineState } from '../../../lifecycle/index.ts';
import type { Plan, Status } from '../../../protocol/index.ts';
import { addResourceGroups, insertJobs, insertPipeline, keepPlan, putEffect, type Tx } from '../../../store/index.ts';
import { hashOfPlan, NO_PLAN } from '../transaction/load-pipeline.ts';
import { look, looksOf } from '../transaction/look.ts';
import { newJob } from '../transaction/new-job.ts';
import type { LoadedPipeline } from '../transaction/pipeline-cache.ts';
import { writeDerivedRows } from '../transaction/write-derived-rows.ts';
import type { PreparedPipeline } from './prepared-pipeline.ts';

export interface Inserted extends LoadedPipeline {
  readonly iid: number;
  readonly plan: Plan;
  readonly planHash: string | null;
}

/** Writes a prepared pipeline, already started, with every row that follows from it. */
export async function insertNewPipeline(
  tx: Tx,
  prepared: PreparedPipeline,
  { isSkipped = false }: { readonly isSkipped?: boolean } = {},
): Promise<Inserted> {
  const { origin, isProtected, problems } = prepared;
  const plan = prepared.plan ?? NO_PLAN;
  const body = prepared.plan === null ? null : JSON.stringify(prepared.plan);
  const planHash = body === null ? null : hashOfPlan(body);
  if (body !== null && planHash !== null) await keepPlan(tx, planHash, body);
  const row = {
    projectId: origin.projectId,
    ref: origin.ref,
    isTag: origin.refType === 'tag',
    sha: origin.sha,
    beforeSha: origin.beforeSha ?? '0'.repeat(origin.sha.length),
    source: origin.source,
    userId: origin.userId,
    name: plan.name,
    planHash,
    isProtected,
    parentPipelineId: origin.parent?.pipelineId ?? null,
    parentJobId: origin.parent?.jobId ?? null,
    onNewCommit: plan.autoCancel.onNewCommit,
    facts: prepared.facts,
    variables: origin.given,
    problems: problems.map(formatProblem),
  };
  // The project's lock may take a while: what starts starts after that.
  const { id, iid, started } = await insertPipeline(tx, row, (now) => {
    const { state, effects } = startedAt(plan, planHash, now);
    const status: Status = planHash === null ? (isSkipped ? 'skipped' : 'failed') : state.status;
    return { state, effects, status };
  });
  const { state, effects } = started;
  const jobs = everyJob(state).map((job) => newJob(job, plan.jobs[job.position] ?? raise(job.position), origin.userId));
  const ids = await insertJobs(tx, { id, projectId: origin.projectId }, jobs);
  const groups = new Set(jobs.flatMap(({ resourceGroup }) => resourceGroup ?? []));
  await addResourceGroups(tx, origin.projectId, [...groups]);
  const jobIds = jobs.map(({ number }) => ids.get(number) ?? -1);
  const touched = jobs.map(({ number }) => number);
  const common = { pipelineId: id, projectId: origin.projectId, before: null, after: state, touched, jobIds };
  await writeDerivedRows(tx, { ...common, isProtected, tags: (position) => plan.jobs[position]?.tags ?? [] });
  const isChild = origin.parent !== null;
  for (const each of looksOf({ ...common, isChild, isResumed: false, effects, now: tx.now() })) {
    await putEffect(tx, each);
  }
  const subject = { projectId: origin.projectId, pipelineId: id, jobId: null };
  if (!isChild) await putEffect(tx, look('auto_cancel', subject, null, tx.now()));
  tx.publish({ kind: 'pipeline', id, value: 1 });
  tx.publish({ kind: 'project', id: origin.projectId, value: id });
  return { id, iid, version: 1, state, jobIds, plan, planHash };
}

function startedAt(plan: Plan, planHash: string | null, now: number): ReturnType<typeof applyPipeline> {
  const state: PipelineState = createPipeline(plan.jobs, { stages: plan.stages, autoCancel: plan.autoCancel });
  if (planHash === null) return { state, effects: [], touched: [], refused: null };
  return applyPipeline(state, { type: 'start' }, now);
}

function raise(position: number): never {
  throw new Error(`bug: position ${position} is in the plan`);
}
