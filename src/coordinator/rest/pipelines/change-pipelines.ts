import { Type } from 'typebox';
import { isFinished } from '../../../protocol/index.ts';
import {
  ANY_JOB,
  type Db,
  deletePipeline,
  listJobs,
  listPipelineLine,
  type Page,
  setPipelineName,
} from '../../../store/index.ts';
import { type Call, conflict, created, forbidden, noContent, ok, type Route, route } from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { cancelPipeline, retryPipeline } from '../../pipelines/index.ts';
import { ownPipeline } from '../find-own.ts';
import { eraseJob } from '../jobs/erase-job.ts';
import { noteAudit } from '../note-audit.ts';
import { demand, personOf } from '../person.ts';
import { mayRunOn } from '../ref-access.ts';
import { PIPELINE } from '../schemas/pipeline.ts';
import { loadPipeline } from './load-pipeline.ts';
import { ONE_PIPELINE } from './read-pipelines.ts';

const TAG = 'pipelines';
const PATH = '/api/v4/projects/:id/pipelines/:pipeline_id';
export const FORCE = Type.Optional(
  Type.Boolean({ description: 'at once, without cleanup; on record; maintainers only' }),
);

export function pipelineChanges(parts: Parts): readonly Route[] {
  return [cancel(parts), retry(parts), rename(parts), remove(parts)];
}

function cancel(parts: Parts): Route {
  return route({
    method: 'POST',
    path: `${PATH}/cancel`,
    action: 'job.run',
    summary: 'Cancel a pipeline and those that it started; running jobs tear down first',
    tag: TAG,
    params: ONE_PIPELINE,
    query: Type.Object({ force: FORCE }),
    body: Type.Object({ force: FORCE }),
    answers: { 200: PIPELINE },
    handle: async (call) => {
      const { query, body, params, project, principal } = call;
      const force = body.force ?? query.force ?? false;
      if (force) demand(principal, 'job.force', project);
      const { id } = await parts.store.read((db) => ownPipeline(db, project.id, params.pipeline_id));
      const action = force ? 'pipeline.force_cancel' : 'pipeline.cancel';
      await cancelPipeline(parts, id, {
        force,
        by: personOf(principal),
        note: (tx) => noteAudit(tx, call, { action, targetKind: 'pipeline', targetId: id }),
      });
      return ok(await loadPipeline(parts, project.id, id));
    },
  });
}

function retry(parts: Parts): Route {
  return route({
    method: 'POST',
    path: `${PATH}/retry`,
    action: 'job.run',
    summary: 'Run the failed and cancelled jobs of a pipeline again',
    tag: TAG,
    params: ONE_PIPELINE,
    answers: { 201: PIPELINE },
    handle: async (call) => {
      const { params, project, principal } = call;
      const { id, isAllowed } = await parts.store.read(async (db) => {
        const found = await ownPipeline(db, project.id, params.pipeline_id);
        const ref = { name: found.ref, isTag: found.isTag };
        return { id: found.id, isAllowed: await mayRunOn(db, { principal, project }, ref) };
      });
      if (!isAllowed) throw forbidden();
      await retryPipeline(parts, id, personOf(principal), (tx) =>
        noteAudit(tx, call, { action: 'pipeline.retry', targetKind: 'pipeline', targetId: id }),
      );
      return created(await loadPipeline(parts, project.id, id));
    },
  });
}

function rename(parts: Parts): Route {
  return route({
    method: 'PUT',
    path: `${PATH}/metadata`,
    action: 'pipeline.run',
    summary: 'Name a pipeline',
    tag: TAG,
    params: ONE_PIPELINE,
    body: Type.Object({ name: Type.String({ maxLength: 255 }) }),
    answers: { 200: PIPELINE },
    handle: async ({ params, project, body }) => {
      await parts.store.write(async (tx) => {
        const { id } = await ownPipeline(tx, project.id, params.pipeline_id);
        await setPipelineName(tx, id, body.name);
      });
      return ok(await loadPipeline(parts, project.id, params.pipeline_id));
    },
  });
}

function remove(parts: Parts): Route {
  return route({
    method: 'DELETE',
    path: PATH,
    action: 'pipeline.delete',
    summary: 'Remove a finished pipeline, those that it started, and all that their jobs left',
    tag: TAG,
    params: ONE_PIPELINE,
    answers: { 204: null },
    handle: async (call) => {
      const { id } = await parts.store.read((db) => ownPipeline(db, call.project.id, call.params.pipeline_id));
      await removeLine(parts, call, id);
      return noContent();
    },
  });
}

/** A pipeline that still owes a cleanup does not vanish with it: it has to end first. */
async function removeLine(parts: Parts, call: Call, pipelineId: number): Promise<void> {
  const line = await parts.store.read((db) => finishedLine(db, pipelineId));
  for (const id of line) await eraseJobs(parts, id);
  await parts.store.write(async (tx) => {
    for (const id of await finishedLine(tx, pipelineId)) await deletePipeline(tx, id);
    await noteAudit(tx, call, { action: 'pipeline.delete', targetKind: 'pipeline', targetId: pipelineId });
  });
}

async function finishedLine(db: Db, pipelineId: number): Promise<readonly number[]> {
  const line = await listPipelineLine(db, pipelineId);
  if (!line.every(({ status }) => isFinished(status))) throw conflict('Pipeline has not ended: cancel it first');
  return line.map(({ id }) => id);
}

const JOBS_AT_A_TIME = 500;

async function eraseJobs(parts: Parts, pipelineId: number): Promise<void> {
  const filter = { ...ANY_JOB, pipelineId, withRetried: true };
  for (let after: number | null = null; ; ) {
    const page: Page = { limit: JOBS_AT_A_TIME, offset: 0, after, order: 'asc' };
    const jobs = await parts.store.read((db) => listJobs(db, filter, page));
    for (const { id } of jobs) await eraseJob(parts, id);
    const last = jobs.at(-1);
    if (last === undefined) return;
    after = last.id;
  }
}
