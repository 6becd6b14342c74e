import {
  countCleanups,
  type Db,
  findUsualDuration,
  listLines,
  listTeardowns,
  listUserViews,
  type PipelineRecord,
  sumUpPipeline,
} from '../../../store/index.ts';
import type { Parts } from '../../parts.ts';
import { ownPipeline } from '../find-own.ts';
import type { FullPipeline } from '../schemas/pipeline.ts';
import { distinct, findProjectView } from '../shapes/gather-jobs.ts';
import { showPipeline } from '../shapes/show-pipeline.ts';

/** In full, with what it takes from other tables. */
export async function showFullPipeline(db: Db, pipeline: PipelineRecord, base: string): Promise<FullPipeline> {
  const users = await listUserViews(db, distinct([pipeline.userId]));
  return showPipeline(pipeline, {
    project: await findProjectView(db, pipeline.projectId),
    base,
    user: users.get(pipeline.userId ?? 0),
    sums: await sumUpPipeline(db, pipeline.id),
    now: db.now(),
  });
}

/** And with what is asked for one at a time, because it depends on other pipelines. */
export async function showOnePipeline(db: Db, pipeline: PipelineRecord, base: string): Promise<FullPipeline> {
  const { id, projectId, ref } = pipeline;
  const line = (await listLines(db, [id])).get(id)?.ids ?? [id];
  const open = (await countCleanups(db, line)).filter(({ outcome }) => outcome === 'open');
  const usualMs = await findUsualDuration(db, projectId, ref);
  return {
    ...(await showFullPipeline(db, pipeline, base)),
    at_stake: {
      cleanups: open.reduce((sum, { count }) => sum + count, 0),
      teardowns: (await listTeardowns(db, line)).length,
    },
    expected_duration: usualMs === null ? null : usualMs / 1000,
  };
}

/** As it is now. @throws HttpError 404 */
export async function loadPipeline({ store, base }: Parts, projectId: number, id: number): Promise<FullPipeline> {
  return await store.read(async (db) => await showFullPipeline(db, await ownPipeline(db, projectId, id), base));
}
