import type { Db, Tx } from '../store.ts';

/** A job that has to be looked at (sent a `tick`) at `at`, UTC ms. */
export interface Wake {
  readonly jobId: number;
  readonly pipelineId: number;
  readonly at: number;
}

/** Part of the pipeline's transaction. Replaces an earlier one of the job. */
export async function putWake(tx: Tx, { jobId, pipelineId, at }: Wake): Promise<void> {
  await tx.query
    .insertInto('wakes')
    .values({ job_id: jobId, pipeline_id: pipelineId, at })
    .onConflict((conflict) => conflict.column('job_id').doUpdateSet({ at }))
    .execute();
}

/** Part of the pipeline's transaction. `before`: only a wake that is due by then, not one that was put since it was read. */
export async function removeWake(tx: Tx, jobId: number, before?: number): Promise<void> {
  await tx.query
    .deleteFrom('wakes')
    .where('job_id', '=', jobId)
    .$if(before !== undefined, (query) => query.where('at', '<=', before ?? 0))
    .execute();
}

/** What is due now, the longest due first. Two replicas may read the same: a tick that comes twice changes nothing. */
export async function listDueWakes(db: Db, limit: number): Promise<readonly Wake[]> {
  const rows = await db.query
    .selectFrom('wakes')
    .selectAll()
    .where('at', '<=', db.now())
    .orderBy('at')
    .limit(limit)
    .execute();
  return rows.map((row) => ({ jobId: row.job_id, pipelineId: row.pipeline_id, at: row.at }));
}

/** When the next one is due, UTC ms; null: none. */
export async function nextWakeAt(db: Db): Promise<number | null> {
  const row = await db.query.selectFrom('wakes').select('at').orderBy('at').limit(1).executeTakeFirst();
  return row?.at ?? null;
}
