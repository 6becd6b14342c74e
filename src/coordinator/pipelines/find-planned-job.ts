import type { PlannedJob } from '../../protocol/index.ts';
import { findPipeline, type JobRecord, type Store } from '../../store/index.ts';
import { loadPlan } from './transaction/load-pipeline.ts';
import { cacheOf } from './transaction/pipeline-cache.ts';

/** What the CI file said of a job. Null: its pipeline is gone. */
export async function findPlannedJob(
  store: Store,
  { pipelineId, position }: Pick<JobRecord, 'pipelineId' | 'position'>,
): Promise<PlannedJob | null> {
  return await store.read(async (db) => {
    const pipeline = await findPipeline(db, pipelineId);
    if (pipeline === null) return null;
    const { jobs } = await loadPlan(db, pipeline.planHash, cacheOf(store));
    return jobs[position] ?? null;
  });
}
