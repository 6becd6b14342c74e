import type { PlannedJob } from '../../protocol/index.ts';
import { findPlanHash, type JobRecord, type Store } from '../../store/index.ts';
import { loadPlan } from './transaction/load-pipeline.ts';
import { cacheOf } from './transaction/pipeline-cache.ts';

/** What the CI file said of a job. Null: its pipeline is gone. */
export async function findPlannedJob(
  store: Store,
  { pipelineId, position }: Pick<JobRecord, 'pipelineId' | 'position'>,
): Promise<PlannedJob | null> {
  return await store.read(async (db) => {
    const { jobs } = await loadPlan(db, await findPlanHash(db, pipelineId), cacheOf(store));
    return jobs[position] ?? null;
  });
}
