import { crc32 } from 'node:zlib';
import { type AttemptRecord, type LogRecord, rewindLog } from '../../store/index.ts';
import type { Parts } from '../parts.ts';
import { countLeft } from './count-piece.ts';
import { placeOf } from './place/place-of.ts';

interface ResentPiece {
  /** Of the first byte, as the attempt counts. */
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** Whether a piece is of a log that its runner was asked to send again, and comes where there is something already. Past its limit a log has holes, and is let be. */
export function isResent(
  log: LogRecord | null,
  { attempt }: Pick<AttemptRecord, 'attempt'>,
  { offset }: Pick<ResentPiece, 'offset'>,
): log is LogRecord {
  if (log?.attempt !== attempt || log.resend !== 'asked' || log.keptBytes !== log.sizeBytes) return false;
  return offset < log.sizeBytes - log.attemptStart;
}

/**
 * Looks at a piece that was sent again. What is here already stays, and the log ends where the first piece begins that is another, which is to be added then. So
 * a runner that never sends it all has lost nothing, and neither does a request of its first sending that comes only now: it has nothing else to say.
 * @returns whether the piece is here already
 */
export async function takeResent(
  parts: Parts,
  attempt: Pick<AttemptRecord, 'jobId' | 'attempt'>,
  log: LogRecord,
  { offset, bytes }: ResentPiece,
): Promise<boolean> {
  const place = placeOf(log.place);
  const start = log.attemptStart + offset;
  const end = start + bytes.length;
  if (end <= log.sizeBytes && (await holds(place.read(parts, log.jobId, start, end), bytes))) return true;
  let crc = 0;
  for await (const kept of place.read(parts, log.jobId, log.attemptStart, start)) crc = crc32(kept, crc);
  const left = await countLeft(parts, log, start);
  await parts.store.write((tx) => rewindLog(tx, attempt, { from: log.sizeBytes, to: start, crc, ...left }));
  return false;
}

async function holds(kept: AsyncIterable<Uint8Array>, bytes: Uint8Array): Promise<boolean> {
  let at = 0;
  for await (const some of kept) {
    if (Buffer.compare(some, bytes.subarray(at, at + some.length)) !== 0) return false;
    at += some.length;
  }
  return at === bytes.length;
}
