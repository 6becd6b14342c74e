import { sql } from 'kysely';
import { inParts, rowsOf } from '../connection/bulk.ts';
import type { Db, Tx } from '../store.ts';

/** A job that has to be looked at (sent a `tick`) at `at`, UTC ms. */
export interface Wake {
  readonly jobId: number;
  readonly pipelineId: number;
  readonly at: number;
}

/** Part of the pipeline's transaction. Each replaces an earlier one of its job. */
export async function putWakes(tx: Tx, wakes: readonly Wake[]): Promise<void> {
  if (wakes.length === 0) return;
  const rows = wakes.map(({ jobId, pipelineId, at }) => ({ job_id: jobId, pipeline_id: pipelineId, at }));
  const { from, column } = rowsOf(tx, 'wakes', rows);
  await sql`insert into wakes (job_id, pipeline_id, at)
    select ${column('job_id')}, ${column('pipeline_id')}, ${column('at')} from ${from} where true
    on conflict (job_id) do update set at = excluded.at`.execute(tx.query);
}

/** Part of the pipeline's transaction. */
export async function removeWakes(tx: Tx, jobIds: readonly number[]): Promise<void> {
  for (const some of inParts(jobIds)) await tx.query.deleteFrom('wakes').where('job_id', 'in', some).execute();
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
