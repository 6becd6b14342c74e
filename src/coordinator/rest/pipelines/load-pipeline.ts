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
import { cleanupsOf } from './load-rows.ts';

/** In full, with what it takes from other tables. */
export async function showFullPipeline(db: Db, pipeline: PipelineRecord, base: string): Promise<FullPipeline> {
  return (await showWithLine(db, pipeline, base)).shown;
}

interface WithLine {
  readonly shown: FullPipeline;
  /** It, and the pipelines below it. */
  readonly line: readonly number[];
}

async function showWithLine(db: Db, pipeline: PipelineRecord, base: string): Promise<WithLine> {
  const { id, userId, projectId } = pipeline;
  const users = await listUserViews(db, distinct([userId]));
  const line = (await listLines(db, [id])).get(id)?.ids ?? [id];
  const shown = showPipeline(pipeline, {
    project: await findProjectView(db, projectId),
    base,
    user: users.get(userId ?? 0),
    sums: await sumUpPipeline(db, id),
    cleanups: cleanupsOf(await countCleanups(db, line)),
    now: db.now(),
  });
  return { shown, line };
}

/** And with what is asked for one at a time, because it depends on other pipelines. */
export async function showOnePipeline(db: Db, pipeline: PipelineRecord, base: string): Promise<FullPipeline> {
  const { shown, line } = await showWithLine(db, pipeline, base);
  const usualMs = await findUsualDuration(db, pipeline.projectId, pipeline.ref);
  return {
    ...shown,
    at_stake: { cleanups: shown.cleanups.open, teardowns: (await listTeardowns(db, line)).length },
    expected_duration: usualMs === null ? null : usualMs / 1000,
  };
}

/** As it is now. @throws HttpError 404 */
export async function loadPipeline({ store, base }: Parts, projectId: number, id: number): Promise<FullPipeline> {
  return await store.read(async (db) => await showFullPipeline(db, await ownPipeline(db, projectId, id), base));
}
