import { type AttemptRecord, askLogAgain, findLog } from '../../store/index.ts';
import type { Parts } from '../parts.ts';

/** What a runner says with its result of all that it has sent. */
export interface CountedLog {
  /** Null: it did not say. */
  readonly sizeBytes: number | null;
  /** CRC-32; null: it did not say. */
  readonly crc: number | null;
}

/**
 * Whether a runner has to send its log again, because what is here is not what it has sent. What is missing is asked for as often as it takes: the answer
 * to the first piece says where to go on. What differs is asked for once. Past its limit a log has
 * holes, and what differs there is let be. So is a log that has become shorter where its runner keeps it: sent again, it would take away what is here.
 */
export async function lacksLog(
  { store, log: words }: Parts,
  attempt: AttemptRecord,
  counted: CountedLog,
): Promise<boolean> {
  const { jobId } = attempt;
  const log = await store.read((db) => findLog(db, jobId));
  if (log !== null && log.state !== 'growing') return false;
  const own = log?.attempt === attempt.attempt ? log : null;
  const sizeBytes = own === null ? 0 : own.sizeBytes - own.attemptStart;
  if (counted.sizeBytes !== null && counted.sizeBytes > sizeBytes) return true;
  if (own === null || own.keptBytes !== own.sizeBytes) return false;
  const isShorter = counted.sizeBytes !== null && counted.sizeBytes < sizeBytes;
  if (!isShorter && (counted.crc ?? own.crc) === own.crc) return false;
  words.warn({ job: jobId }, 'a log is not what its runner has sent');
  if (isShorter) return false;
  return await store.write((tx) => askLogAgain(tx, attempt));
}
