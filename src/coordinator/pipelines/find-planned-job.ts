import type { Plan, PlannedJob } from '../../protocol/index.ts';
import { type Db, findPlanHash, type JobRecord, type Store } from '../../store/index.ts';
import { loadPlan } from './transaction/load-pipeline.ts';
import { cacheOf } from './transaction/pipeline-cache.ts';

/** What the CI file said when a pipeline was made; of one whose file was invalid a plan without jobs. */
export async function findPlanOf(store: Store, db: Db, pipelineId: number): Promise<Plan> {
  return await loadPlan(db, await findPlanHash(db, pipelineId), cacheOf(store));
}

/** What the CI file said of a job. Null: its pipeline is gone. */
export async function findPlannedJob(
  store: Store,
  { pipelineId, position }: Pick<JobRecord, 'pipelineId' | 'position'>,
): Promise<PlannedJob | null> {
  return await store.read(async (db) => (await findPlanOf(store, db, pipelineId)).jobs[position] ?? null);
}
