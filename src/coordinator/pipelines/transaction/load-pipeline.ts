import { createHash } from 'node:crypto';
import { invariant } from '../../../base/index.ts';
import { restorePipeline } from '../../../lifecycle/index.ts';
import type { Plan } from '../../../protocol/index.ts';
import { type Db, findPlan, loadJobRows, type PipelineRecord } from '../../../store/index.ts';
import type { LoadedPipeline, PipelineCache } from './pipeline-cache.ts';

/** What a pipeline without a plan, because its file is invalid, is made of. */
export const NO_PLAN: Plan = {
  name: null,
  stages: [],
  variables: [],
  autoCancel: { onNewCommit: 'conservative', onJobFailure: 'none' },
  jobs: [],
};

/** Plans are kept under the hash of their text. */
export function hashOfPlan(body: string): string {
  return createHash('sha256').update(body).digest('hex');
}

/** The plan of a pipeline; plans never change, so one that was read once is kept. */
export async function loadPlan(db: Db, hash: string | null, cache: PipelineCache): Promise<Plan> {
  if (hash === null) return NO_PLAN;
  const known = cache.plan(hash);
  if (known !== null) return known;
  const plan = await findPlan(db, hash);
  invariant(plan !== null, `plan ${hash} is there`);
  cache.keepPlan(hash, plan);
  return plan;
}

/** The state of a pipeline whose row says `record`: from the cache, else from its rows. */
export async function loadPipeline(db: Db, record: PipelineRecord, cache: PipelineCache): Promise<LoadedPipeline> {
  const { id, version, status, cancelRequest } = record;
  const known = cache.find(id, version);
  if (known !== null) return known;
  const { jobs, stages, autoCancel } = await loadPlan(db, record.planHash, cache);
  const rows = await loadJobRows(db, id);
  const state = restorePipeline(jobs, rows, { stages, autoCancel, status, cancelRequest });
  return { id, version, state, jobIds: rows.map((row) => row.id) };
}
