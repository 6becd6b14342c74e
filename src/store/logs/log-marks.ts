import type { Db, Tx } from '../store.ts';

/** A growing log has a mark for each of so many bytes of it. */
export const MARK_BYTES = 65_536;

/** What is known of one block of a growing log, of which the first byte is there. */
export interface LogMark {
  readonly block: number;
  /** In the log before its first byte. */
  readonly newlines: number;
  /** Whether it may hold the beginning of a section's marker. */
  readonly hasSection: boolean;
}

/**
 * Part of the transaction that grows the log: blocks that begin in what came.
 * @param section a block that was marked before and may hold the beginning of a section's marker now; null: none
 */
export async function markLog(
  tx: Tx,
  jobId: number,
  { marks, section }: { readonly marks: readonly LogMark[]; readonly section: number | null },
): Promise<void> {
  if (section !== null) {
    await tx.query
      .updateTable('log_marks')
      .set({ has_section: 1 })
      .where('job_id', '=', jobId)
      .where('block', '=', section)
      .execute();
  }
  if (marks.length === 0) return;
  const rows = marks.map(({ block, newlines, hasSection }) => ({
    job_id: jobId,
    block,
    newlines,
    has_section: hasSection ? 1 : 0,
  }));
  await tx.query.insertInto('log_marks').values(rows).execute();
}

/** The last block before whose first byte there are at most so many newlines. Null: nothing is marked (any more). */
export async function findLogMark(db: Db, jobId: number, mostNewlines: number): Promise<LogMark | null> {
  const row = await db.query
    .selectFrom('log_marks')
    .selectAll()
    .where('job_id', '=', jobId)
    .where('newlines', '<=', mostNewlines)
    .orderBy('newlines', 'desc')
    .orderBy('block', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? null : markOf(row);
}

/** Of one block; null: it is not marked (any more). */
export async function findLogBlock(db: Db, jobId: number, block: number): Promise<LogMark | null> {
  const row = await db.query
    .selectFrom('log_marks')
    .selectAll()
    .where('job_id', '=', jobId)
    .where('block', '=', block)
    .executeTakeFirst();
  return row === undefined ? null : markOf(row);
}

/** Blocks from one on that may hold the beginning of a section's marker, in order. */
export async function listSectionBlocks(
  db: Db,
  jobId: number,
  from: number,
  limit: number,
): Promise<readonly LogMark[]> {
  const rows = await db.query
    .selectFrom('log_marks')
    .selectAll()
    .where('job_id', '=', jobId)
    .where('block', '>=', from)
    .where('has_section', '=', 1)
    .orderBy('block')
    .limit(limit)
    .execute();
  return rows.map(markOf);
}

/** The log ends at `to` from here on. */
export async function cutLogMarks(tx: Tx, jobId: number, to: number): Promise<void> {
  const first = Math.ceil(to / MARK_BYTES);
  await tx.query.deleteFrom('log_marks').where('job_id', '=', jobId).where('block', '>=', first).execute();
}

export async function deleteLogMarks(tx: Tx, jobId: number): Promise<void> {
  await tx.query.deleteFrom('log_marks').where('job_id', '=', jobId).execute();
}

function markOf(row: { block: number; newlines: number; has_section: number }): LogMark {
  return { block: row.block, newlines: row.newlines, hasSection: row.has_section === 1 };
}
