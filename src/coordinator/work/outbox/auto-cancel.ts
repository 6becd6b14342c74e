import { resolveRevision } from '../../../git/index.ts';
import {
  decideAutoCancel,
  everyJob,
  maySupersede,
  type NewerPipeline,
  type OlderPipeline,
} from '../../../lifecycle/index.ts';
import { findPipeline, findProjectForPipelines, listOlderPipelines, putEffect } from '../../../store/index.ts';
import { projectCiSettings } from '../../pipelines/create/project-settings.ts';
import type { StoredFacts } from '../../pipelines/create/stored-facts.ts';
import { inPipeline } from '../../pipelines/transaction/in-pipeline.ts';
import { look } from '../../pipelines/transaction/look.ts';
import type { OpenPipeline } from '../../pipelines/transaction/open-pipeline.ts';
import { dropEffect, type EffectHandler, settle } from './effect-handler.ts';

/** A new pipeline leaves a row for each older one of its ref: each is decided under its own lock, on its state as it is then. */
export const autoCancel: EffectHandler = async (parts, effect, reservation) => {
  const { pipelineId } = effect;
  const found = await parts.store.read(async (db) => {
    const newer = pipelineId === null ? null : await findPipeline(db, pipelineId);
    const project = newer === null ? null : await findProjectForPipelines(db, newer.projectId);
    return newer === null || project === null ? null : { newer, project };
  });
  if (found === null || !projectCiSettings(found.project).autoCancel) {
    return await dropEffect(parts, effect, reservation);
  }
  const { newer } = found;
  const prefix = newer.isTag ? 'refs/tags/' : 'refs/heads/';
  const head = await resolveRevision(parts.repositories.at(newer.projectId), prefix + newer.ref);
  const by: NewerPipeline = {
    id: newer.id,
    sha: newer.sha,
    createdAt: newer.createdAt,
    isChild: newer.parentPipelineId !== null,
    headSha: head?.sha ?? newer.sha,
  };
  await parts.store.write(async (tx) => {
    await settle(tx, effect, reservation);
    const { projectId, ref, isTag } = newer;
    for (const older of await listOlderPipelines(tx, { projectId, ref, isTag, than: newer.id })) {
      // A hundred pipelines of one commit, say by a schedule or the API, have nothing to tell each other.
      if (!maySupersede(by, { ...older, createdAt: older.rootCreatedAt }, tx.now())) continue;
      await putEffect(tx, look('supersede', { projectId, pipelineId: older.id, jobId: null }, { by }, tx.now()));
    }
  });
};

/** Cancels a pipeline that a newer one supersedes, as its own settings and jobs allow. */
export const supersede: EffectHandler = async (parts, effect, reservation) => {
  const { pipelineId } = effect;
  const { by } = effect.body as { readonly by: NewerPipeline };
  if (pipelineId === null) return await dropEffect(parts, effect, reservation);
  const done = await inPipeline(parts, pipelineId, async (open) => {
    await settle(open.tx, effect, reservation);
    for (const { only } of decideAutoCancel(by, [olderOf(open)], open.tx.now())) {
      const event = { type: 'cancel', by: `pipeline ${by.id}`, cause: 'superseded' } as const;
      open.send(only === 'interruptible' ? { ...event, only } : event);
    }
  });
  if (done === null) await dropEffect(parts, effect, reservation);
};

function olderOf({ record, state }: OpenPipeline): OlderPipeline {
  return {
    id: record.id,
    sha: record.sha,
    createdAt: record.parentPipelineId === null ? record.createdAt : (record.facts as StoredFacts).rootCreatedAt,
    source: record.source,
    status: state.status,
    onNewCommit: record.onNewCommit,
    jobs: everyJob(state)
      .filter(({ retriedAs }) => retriedAs === null)
      .map(({ state: { status, spec } }) => ({
        status,
        interruptible: spec.interruptible,
        isTrigger: spec.kind === 'trigger',
      })),
  };
}
