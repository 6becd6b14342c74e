import { findChildPipeline, findJob, findPipeline } from '../../../store/index.ts';
import { inPipeline } from '../../pipelines/transaction/in-pipeline.ts';
import type { ParentLook } from '../../pipelines/transaction/look.ts';
import { dropEffect, type EffectHandler, settle } from './effect-handler.ts';

/** Tells a trigger job how its child stands: as it is once the parent is locked, whatever it was when the row was written. */
export const tellParent: EffectHandler = async (parts, effect, reservation) => {
  const { pipelineId: childId } = effect;
  const child = childId === null ? null : await parts.store.read((db) => findPipeline(db, childId));
  const { parentPipelineId = null, parentJobId = null } = child ?? {};
  if (childId === null || parentPipelineId === null || parentJobId === null) {
    return await dropEffect(parts, effect, reservation);
  }
  const { isResumed } = effect.body as ParentLook;
  const done = await inPipeline(parts, parentPipelineId, async (open) => {
    await settle(open.tx, effect, reservation);
    const job = open.numberOf(parentJobId);
    const status = (await findPipeline(open.tx, childId))?.status;
    if (status === undefined) return;
    // A refusal means that the job has ended, or follows nothing.
    const before = open.job(parentJobId);
    if (before?.status === 'pending' || before?.attempt === 0)
      open.send({ type: 'job', job, event: { type: 'child_created' } });
    if (isResumed) open.send({ type: 'job', job, event: { type: 'child_resumed' } });
    open.send({ type: 'job', job, event: { type: 'child_changed', status } });
  });
  if (done === null) await dropEffect(parts, effect, reservation);
};

interface CancelOrder {
  readonly by: string | null;
  readonly cause: 'canceled' | 'superseded' | 'runner_shutdown';
  readonly isForced: boolean;
}

/** Cancels the child of a trigger job. One that is not there yet is told once it is: `child-created-too-late`. */
export const cancelChild: EffectHandler = async (parts, effect, reservation) => {
  const { jobId } = effect;
  const { by, cause, isForced } = effect.body as CancelOrder;
  const child = jobId === null ? null : await parts.store.read((db) => findChildPipeline(db, jobId));
  if (child === null) return await dropEffect(parts, effect, reservation);
  await inPipeline(parts, child.id, async (open) => {
    await settle(open.tx, effect, reservation);
    const who = by ?? (await whoStarted(open.tx, jobId));
    open.send(isForced ? { type: 'force_cancel', by: who } : { type: 'cancel', by: who, cause });
  });
};

async function whoStarted(db: Parameters<typeof findJob>[0], jobId: number | null): Promise<string> {
  const job = jobId === null ? null : await findJob(db, jobId);
  return job === null ? 'its parent' : `pipeline ${job.pipelineId}`;
}
