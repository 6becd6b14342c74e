import type { Db, Tx } from '../store.ts';

/** Part of the transaction that grows the log. @param start in the log, of the first byte. */
export async function insertLogChunk(tx: Tx, jobId: number, start: number, bytes: Uint8Array): Promise<void> {
  await tx.query.insertInto('log_chunks').values({ job_id: jobId, start, bytes }).execute();
}

export interface LogChunk {
  readonly start: number;
  readonly bytes: Uint8Array;
}

/** The chunk that holds the byte `at`; null: there is none. */
export async function findLogChunk(db: Db, jobId: number, at: number): Promise<LogChunk | null> {
  const row = await db.query
    .selectFrom('log_chunks')
    .select(['start', 'bytes'])
    .where('job_id', '=', jobId)
    .where('start', '<=', at)
    .orderBy('start', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (row === undefined || row.start + row.bytes.length <= at) return null;
  return row;
}

/** The log ends at `to` from here on, also where that is in the middle of a chunk. */
export async function cutLogChunks(tx: Tx, jobId: number, to: number): Promise<void> {
  const cut = await findLogChunk(tx, jobId, to);
  await tx.query.deleteFrom('log_chunks').where('job_id', '=', jobId).where('start', '>=', to).execute();
  if (cut === null || cut.start >= to) return;
  await tx.query
    .updateTable('log_chunks')
    .set({ bytes: cut.bytes.subarray(0, to - cut.start) })
    .where('job_id', '=', jobId)
    .where('start', '=', cut.start)
    .execute();
}

export async function deleteLogChunks(tx: Tx, jobId: number): Promise<void> {
  await tx.query.deleteFrom('log_chunks').where('job_id', '=', jobId).execute();
}
