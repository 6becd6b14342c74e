import type { Selectable } from 'kysely';
import type { JobRecord } from '../jobs/job-record.ts';
import type { Tables } from '../schema/tables.ts';
import type { Db, Tx } from '../store.ts';
import { cutLogChunks, deleteLogChunks } from './log-chunks.ts';
import { cutLogMarks, deleteLogMarks } from './log-marks.ts';

/** In the order in which it goes; the database has the place in it. */
const RESENDS = ['never', 'asked', 'begun'] as const;
export type Resend = (typeof RESENDS)[number];

/** Where a job's log lies, and how much of it there is. */
export interface LogRecord {
  readonly jobId: number;
  readonly projectId: number;
  /** `growing`: in its `place`; `sealed`: a blob with an index; `erased`: nothing of it is left. */
  readonly state: 'growing' | 'sealed' | 'erased';
  /** While it grows: a file beside the database, or chunk rows. */
  readonly place: 'file' | 'chunks';
  /** Bytes that were acknowledged to runners. */
  readonly sizeBytes: number;
  /** Bytes that are there: what came past the limit of a log is acknowledged and dropped. */
  readonly keptBytes: number;
  /** In the kept bytes. Null: it grew before they were counted. */
  readonly newlines: number | null;
  /** Whether its last kept byte is no newline; of an empty one false. */
  readonly isOpen: boolean;
  /** The attempt that wrote last, and where in the log its own bytes begin: attempts go on behind each other, and each counts from 0. */
  readonly attempt: number;
  readonly attemptStart: number;
  /** CRC-32 of all that this attempt has been acknowledged. */
  readonly crc: number;
  /** Whether this attempt's runner was asked to send its log again from the first byte, and has begun to. */
  readonly resend: Resend;
  /** How often bytes that had been acknowledged have been taken out of the log, by any attempt: who has read some of it knows by this whether they hold. */
  readonly resends: number;
  /** Whether its coverage has been looked for since it grew last. */
  readonly isSearched: boolean;
  /** Hex, of the sealed log. */
  readonly sha256: string | null;
}

export async function findLog(db: Db, jobId: number): Promise<LogRecord | null> {
  const row = await db.query.selectFrom('logs').selectAll().where('job_id', '=', jobId).executeTakeFirst();
  return row === undefined ? null : logOf(row);
}

export type LogGrowth = Pick<
  LogRecord,
  | 'jobId'
  | 'projectId'
  | 'place'
  | 'sizeBytes'
  | 'keptBytes'
  | 'newlines'
  | 'isOpen'
  | 'attempt'
  | 'attemptStart'
  | 'crc'
  | 'resend'
>;

/** Notes that a log grew from `from` acknowledged bytes. False: it does not have these now, or grows no more; nothing was changed. */
export async function growLog(tx: Tx, from: number, grown: LogGrowth): Promise<boolean> {
  const { jobId, projectId, place, sizeBytes, keptBytes, attempt, attemptStart, crc } = grown;
  const said = {
    size: sizeBytes,
    kept: keptBytes,
    newlines: grown.newlines,
    is_open: grown.isOpen ? 1 : 0,
    attempt,
    attempt_start: attemptStart,
    crc,
    resend: RESENDS.indexOf(grown.resend),
    searched: 0,
    updated_at: tx.now(),
  };
  const { numUpdatedRows } = await tx.query
    .updateTable('logs')
    .set(said)
    .where('job_id', '=', jobId)
    .where('size', '=', from)
    .where('state', '=', 'growing')
    .executeTakeFirst();
  if (numUpdatedRows === 0n) {
    if (from !== 0) return false;
    const { numInsertedOrUpdatedRows } = await tx.query
      .insertInto('logs')
      .values({ job_id: jobId, project_id: projectId, state: 'growing', place, resends: 0, ...said })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    if (numInsertedOrUpdatedRows !== 1n) return false;
  }
  tx.publish({ kind: 'log', id: jobId, value: keptBytes });
  return true;
}

/** Notes that the attempt's runner is asked to send its log again. False: it was asked before, or the log is not its own any more. */
export async function askLogAgain(tx: Tx, { jobId, attempt }: Pick<LogRecord, 'jobId' | 'attempt'>): Promise<boolean> {
  const { numUpdatedRows } = await moveResend(tx, { jobId, attempt }, 'never').set({ resend: 1 }).executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** `newlines` as in a `LogRecord`, of what is left. */
export interface RewoundLog extends Pick<LogRecord, 'crc' | 'newlines' | 'isOpen'> {
  readonly from: number;
  readonly to: number;
}

/**
 * Takes out of a log what its attempt was asked to send again, once: it has `from` acknowledged bytes, all of them kept, and ends behind `to` of them
 * from here on, with `crc` for those that are its attempt's. Where they are chunks, these go too. Of another log nothing is taken.
 */
export async function rewindLog(
  tx: Tx,
  { jobId, attempt }: Pick<LogRecord, 'jobId' | 'attempt'>,
  { from, to, ...left }: RewoundLog,
): Promise<void> {
  const row = await moveResend(tx, { jobId, attempt }, 'asked')
    .where('size', '=', from)
    .whereRef('kept', '=', 'size')
    .set(({ eb }) => ({
      size: to,
      kept: to,
      crc: left.crc,
      newlines: left.newlines,
      is_open: left.isOpen ? 1 : 0,
      resend: 2,
      resends: eb('resends', '+', 1),
    }))
    .returning('kept')
    .executeTakeFirst();
  if (row === undefined) return;
  await cutLogChunks(tx, jobId, to);
  await cutLogMarks(tx, jobId, to);
  tx.publish({ kind: 'log', id: jobId, value: to });
}

function moveResend(tx: Tx, { jobId, attempt }: Pick<LogRecord, 'jobId' | 'attempt'>, from: Resend) {
  return tx.query
    .updateTable('logs')
    .where('job_id', '=', jobId)
    .where('attempt', '=', attempt)
    .where('state', '=', 'growing')
    .where('resend', '=', RESENDS.indexOf(from));
}

export interface LogToSeal extends LogRecord {
  readonly job: Pick<JobRecord, 'id' | 'pipelineId' | 'position'>;
}

/** Logs that still grow and whose job has ended: nobody writes to them any more. Those that ended first come first. */
export async function listLogsToSeal(db: Db, limit: number): Promise<readonly LogToSeal[]> {
  const rows = await db.query
    .selectFrom('logs')
    .innerJoin('jobs', 'jobs.id', 'logs.job_id')
    .selectAll('logs')
    .select(['jobs.pipeline_id', 'jobs.position'])
    .where('logs.state', '=', 'growing')
    .where('jobs.finished_at', 'is not', null)
    .orderBy('jobs.finished_at')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    ...logOf(row),
    job: { id: row.job_id, pipelineId: row.pipeline_id, position: row.position },
  }));
}

/** Notes that coverage has been looked for in a log of so many acknowledged bytes; nothing if it has others by now. */
export async function noteLogSearched(tx: Tx, jobId: number, sizeBytes: number): Promise<void> {
  await tx.query
    .updateTable('logs')
    .set({ searched: 1 })
    .where('job_id', '=', jobId)
    .where('size', '=', sizeBytes)
    .execute();
}

/** From here on the log is the blob, and its chunks are gone. False: it was erased, or sealed already. */
export async function noteSealed(tx: Tx, jobId: number, sha256: string): Promise<boolean> {
  const { numUpdatedRows } = await tx.query
    .updateTable('logs')
    .set({ state: 'sealed', checksum: sha256, updated_at: tx.now() })
    .where('job_id', '=', jobId)
    .where('state', '=', 'growing')
    .executeTakeFirst();
  if (numUpdatedRows === 1n) await deleteGrown(tx, jobId);
  return numUpdatedRows === 1n;
}

/** Its chunks are gone; bytes that lie elsewhere are the caller's to remove, afterwards. */
export async function noteLogErased(tx: Tx, jobId: number): Promise<void> {
  await tx.query
    .updateTable('logs')
    .set({ state: 'erased', size: 0, kept: 0, checksum: null, updated_at: tx.now() })
    .where('job_id', '=', jobId)
    .execute();
  await deleteGrown(tx, jobId);
  tx.publish({ kind: 'log', id: jobId, value: 0 });
}

async function deleteGrown(tx: Tx, jobId: number): Promise<void> {
  await deleteLogChunks(tx, jobId);
  await deleteLogMarks(tx, jobId);
}

function logOf(row: Selectable<Tables['logs']>): LogRecord {
  return {
    jobId: row.job_id,
    projectId: row.project_id,
    state: row.state as LogRecord['state'],
    place: row.place as LogRecord['place'],
    sizeBytes: row.size,
    keptBytes: row.kept,
    newlines: row.newlines,
    isOpen: row.is_open === 1,
    attempt: row.attempt,
    attemptStart: row.attempt_start,
    crc: row.crc,
    resend: RESENDS[row.resend] ?? 'begun',
    resends: row.resends,
    isSearched: row.searched === 1,
    sha256: row.checksum,
  };
}
