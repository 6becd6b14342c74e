import { pickForResource } from '../../../lifecycle/index.ts';
import { isFinished } from '../../../protocol/index.ts';
import {
  findJob,
  findResourceHolder,
  listUpcomingForResource,
  listWaitingForResource,
  lockResourceGroup,
  putEffect,
  releaseResource,
  takeResource,
} from '../../../store/index.ts';
import { inPipeline } from '../../pipelines/transaction/in-pipeline.ts';
import { look } from '../../pipelines/transaction/look.ts';
import { dropEffect, type EffectHandler, settle } from './effect-handler.ts';

/** Gives a free resource group to whoever is next. One whose holder has finished is free. */
export const lookAtResource: EffectHandler = async ({ store }, effect, reservation) => {
  const { projectId } = effect;
  const { key } = effect.body as { readonly key: string };
  await store.write(async (tx) => {
    await settle(tx, effect, reservation);
    if (projectId === null) return;
    const { id, mode } = await lockResourceGroup(tx, projectId, key);
    const holder = await findResourceHolder(tx, id);
    if (holder !== null) {
      const job = await findJob(tx, holder.job);
      if (job !== null && !isFinished(job.state.status)) return;
      await releaseResource(tx, holder.job);
    }
    const waiting = await listWaitingForResource(tx, projectId, key);
    if (waiting.length === 0) return;
    const next = pickForResource(mode, waiting, await listUpcomingForResource(tx, projectId, key));
    if (next === null || !(await takeResource(tx, id, next))) return;
    await putEffect(tx, look('granted', { projectId, pipelineId: next.pipeline, jobId: next.job }, null, tx.now()));
  });
};

/** Tells a job that it holds its group. When it has ended meanwhile, its end has left another look at the group. */
export const tellGranted: EffectHandler = async (parts, effect, reservation) => {
  const { pipelineId, jobId } = effect;
  if (pipelineId === null || jobId === null) return await dropEffect(parts, effect, reservation);
  const done = await inPipeline(parts, pipelineId, async (open) => {
    await settle(open.tx, effect, reservation);
    open.send({ type: 'job', job: open.numberOf(jobId), event: { type: 'resource_granted' } });
  });
  if (done === null) await dropEffect(parts, effect, reservation);
};
