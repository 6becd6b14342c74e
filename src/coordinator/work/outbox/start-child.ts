import { childInputs, childSource } from '../../../compile/index.ts';
import type { FailureReason, PlannedJob, Variable } from '../../../protocol/index.ts';
import {
  type Db,
  findChildPipeline,
  findHierarchy,
  findJob,
  findPipeline,
  findPipelineVariables,
  type Hierarchy,
  type JobRecord,
  listVariablesForPipelines,
  type PipelineRecord,
  putEffect,
  type StoredVariable,
} from '../../../store/index.ts';
import type { Parts } from '../../parts.ts';
import { insertNewPipeline } from '../../pipelines/create/insert-new-pipeline.ts';
import { preparePipeline } from '../../pipelines/create/prepare-pipeline.ts';
import type { PipelineOrigin } from '../../pipelines/create/prepared-pipeline.ts';
import type { StoredFacts } from '../../pipelines/create/stored-facts.ts';
import { inPipeline } from '../../pipelines/transaction/in-pipeline.ts';
import { loadPlan } from '../../pipelines/transaction/load-pipeline.ts';
import { look, type ParentLook } from '../../pipelines/transaction/look.ts';
import { cacheOf, type PipelineCache } from '../../pipelines/transaction/pipeline-cache.ts';
import { childVariables } from './child-variables.ts';
import { dropEffect, type EffectHandler, settle } from './effect-handler.ts';

/** GitLab's limits. */
const MAX_DEPTH = 2;
const MAX_HIERARCHY = 1_000;

interface Wanted {
  readonly job: JobRecord;
  readonly planned: PlannedJob;
  readonly pipeline: PipelineRecord;
  readonly hierarchy: Hierarchy;
  readonly given: readonly Variable[];
  readonly configured: readonly StoredVariable[];
}

/** Makes the child pipeline of a trigger job, once, or says why there will be none. */
export const startChild: EffectHandler = async (parts, effect, reservation) => {
  const { jobId } = effect;
  const cache = cacheOf(parts.store);
  const wanted = jobId === null ? null : await parts.store.read((db) => whatIsWanted(db, jobId, cache));
  if (wanted === null) return await dropEffect(parts, effect, reservation);
  if ('childId' in wanted) return await lookAgain(parts, wanted.childId, { effect, reservation });
  const reason = tooMany(wanted) ?? unsupported(wanted);
  if (reason !== null) return await reject(parts, wanted, reason, { effect, reservation });
  const preparation = await preparePipeline(parts, originOf(parts, wanted));
  if (preparation.kind !== 'ready') {
    return await reject(parts, wanted, 'downstream_pipeline_creation_failed', { effect, reservation });
  }
  // Its commit is kept already: for its parent.
  await parts.store.write(async (tx) => {
    await settle(tx, effect, reservation);
    if ((await findChildPipeline(tx, wanted.job.id)) === null) await insertNewPipeline(tx, preparation.prepared);
  });
};

/** It has a child: it was skipped as that was (`strategy: mirror`), and got another turn. One job has one child. */
async function lookAgain(
  parts: Parts,
  childId: number,
  { effect, reservation }: { readonly effect: Parameters<EffectHandler>[1]; readonly reservation: string },
): Promise<void> {
  await parts.store.write(async (tx) => {
    await settle(tx, effect, reservation);
    const child = await findPipeline(tx, childId);
    if (child === null) return;
    const subject = { projectId: child.projectId, pipelineId: childId, jobId: null };
    await putEffect(tx, look('parent', subject, { isResumed: false } satisfies ParentLook, tx.now()));
  });
}

/** Null: it waits for no child (any more). */
async function whatIsWanted(
  db: Db,
  jobId: number,
  cache: PipelineCache,
): Promise<Wanted | { readonly childId: number } | null> {
  const job = await findJob(db, jobId);
  if (job === null || job.state.status !== 'pending') return null;
  const child = await findChildPipeline(db, jobId);
  if (child !== null) return { childId: child.id };
  const pipeline = await findPipeline(db, job.pipelineId);
  const hierarchy = await findHierarchy(db, job.pipelineId, MAX_HIERARCHY + 1);
  if (pipeline === null || hierarchy === null) return null;
  const planned = (await loadPlan(db, pipeline.planHash, cache)).jobs[job.position];
  if (planned === undefined) return null;
  const given = ((await findPipelineVariables(db, pipeline.id)) ?? []) as readonly Variable[];
  return { job, planned, pipeline, hierarchy, given, configured: await listVariablesForPipelines(db, job.projectId) };
}

function tooMany({ hierarchy }: Wanted): FailureReason | null {
  if (hierarchy.depth >= MAX_DEPTH) return 'reached_max_descendant_pipelines_depth';
  return hierarchy.size >= MAX_HIERARCHY ? 'reached_max_pipeline_hierarchy_size' : null;
}

function unsupported({ planned: { trigger } }: Wanted): FailureReason | null {
  if (trigger === null || trigger.include.length === 0) return 'downstream_bridge_project_not_found';
  return null;
}

function originOf(parts: Parts, { job, planned, pipeline, hierarchy, given, configured }: Wanted): PipelineOrigin {
  // A single file is the child's own.
  const { path, joined } = childSource(planned);
  return {
    projectId: pipeline.projectId,
    ref: pipeline.ref,
    refType: pipeline.isTag ? 'tag' : 'branch',
    sha: pipeline.sha,
    beforeSha: pipeline.beforeSha,
    source: 'parent_pipeline',
    userId: job.userId ?? pipeline.userId,
    given: childVariables(planned, { pipeline, configured, given, server: parts }),
    inputs: childInputs(planned.trigger),
    parent: {
      pipelineId: pipeline.id,
      jobId: job.id,
      depth: hierarchy.depth + 1,
      rootCreatedAt: (pipeline.facts as StoredFacts).rootCreatedAt,
      source: path === null ? joined : { path },
    },
  };
}

async function reject(
  parts: Parts,
  { job }: Wanted,
  reason: FailureReason,
  { effect, reservation }: { readonly effect: Parameters<EffectHandler>[1]; readonly reservation: string },
): Promise<void> {
  await inPipeline(parts, job.pipelineId, async (open) => {
    await settle(open.tx, effect, reservation);
    open.send({ type: 'job', job: job.number, event: { type: 'child_rejected', reason } });
  });
}
