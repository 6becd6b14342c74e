import { crc32 } from 'node:zlib';
import { type AttemptRecord, findLog, growLog, type LogRecord, markLog, renewLease } from '../../store/index.ts';
import type { Parts } from '../parts.ts';
import { type CountedPiece, countPiece } from './count-piece.ts';
import type { LogPlace } from './place/log-place.ts';
import { placeOf } from './place/place-of.ts';
import { isResent, takeResent } from './take-resent.ts';
import { TurnsByKey } from './turns-by-key.ts';

export interface LogPiece {
  /** Of the first byte, as the attempt counts: each begins at 0, wherever the one before it ended. */
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** The attempt's lease is renewed with it. UTC ms by the database's clock. */
  readonly leaseMs: number;
  /** A log keeps so many bytes; what comes after is acknowledged and dropped. */
  readonly maxBytes: number;
}

/** `sizeBytes`: what the attempt has written, and where it has to go on. `over`: the attempt has ended; nothing was written. */
export type Appended =
  | { readonly kind: 'appended' | 'mismatch'; readonly sizeBytes: number }
  | { readonly kind: 'over' };

/** Two requests of one runner may cross (it repeats what it had no answer to): on this replica they take turns, across replicas one loses. */
const turns = new WeakMap<Parts['store'], TurnsByKey>();

/**
 * Adds to a job's log what its runner sent. When it says `appended`, the bytes survive a power cut.
 * @throws Failure `disk_full`, and as the store
 */
export async function appendLog(parts: Parts, attempt: AttemptRecord, piece: LogPiece): Promise<Appended> {
  let own = turns.get(parts.store);
  if (own === undefined) {
    own = new TurnsByKey();
    turns.set(parts.store, own);
  }
  return await own.take(attempt.jobId, () => append(parts, attempt, piece));
}

async function append(parts: Parts, attempt: AttemptRecord, piece: LogPiece): Promise<Appended> {
  const find = () =>
    parts.store.read(async (db) => ({ log: await findLog(db, attempt.jobId), isLocal: db.engine === 'sqlite' }));
  let { log, isLocal } = await find();
  if (isResent(log, attempt, piece)) {
    if (await takeResent(parts, attempt, log, piece)) return await acknowledge(parts, attempt, piece);
    ({ log, isLocal } = await find());
  }
  if (log !== null && (log.state !== 'growing' || log.attempt > attempt.attempt)) return { kind: 'over' };
  const { sizeBytes = 0, keptBytes = 0 } = log ?? {};
  const { attemptStart, crc, resend } = ownPart(log, attempt);
  if (piece.offset !== sizeBytes - attemptStart) return { kind: 'mismatch', sizeBytes: sizeBytes - attemptStart };
  const kept = within(piece, keptBytes);
  const place = log?.place ?? (isLocal ? 'file' : 'chunks');
  const counted = countPiece(log, kept);
  const grown = {
    jobId: attempt.jobId,
    projectId: attempt.projectId,
    place,
    attempt: attempt.attempt,
    attemptStart,
    crc: crc32(piece.bytes, crc),
    resend,
    sizeBytes: sizeBytes + piece.bytes.length,
    keptBytes: keptBytes + kept.length,
    newlines: counted.newlines,
    isOpen: counted.isOpen,
  };
  if (kept.length > 0) await placeOf(place).put(parts, attempt.jobId, keptBytes, kept);
  return await note(parts, attempt, { piece, from: sizeBytes, kept, counted, grown, place: placeOf(place) });
}

/** What is here already: nothing is written. */
async function acknowledge({ store }: Parts, { id }: AttemptRecord, piece: LogPiece): Promise<Appended> {
  const isAlive = await store.write((tx) => renewLease(tx, id, tx.now() + piece.leaseMs));
  return isAlive ? { kind: 'appended', sizeBytes: piece.offset + piece.bytes.length } : { kind: 'over' };
}

/** What of the log is this attempt's own: it begins behind the one before. */
function ownPart(
  log: LogRecord | null,
  { attempt }: AttemptRecord,
): Pick<LogRecord, 'attemptStart' | 'crc' | 'resend'> {
  if (log?.attempt === attempt) return log;
  return { attemptStart: log?.sizeBytes ?? 0, crc: 0, resend: 'never' };
}

interface Growth {
  readonly piece: LogPiece;
  readonly from: number;
  readonly kept: Uint8Array;
  readonly counted: CountedPiece;
  readonly grown: Parameters<typeof growLog>[2];
  readonly place: LogPlace;
}

async function note(
  parts: Parts,
  attempt: AttemptRecord,
  { piece, from, kept, counted, grown, place }: Growth,
): Promise<Appended> {
  const { attemptStart, sizeBytes, keptBytes } = grown;
  return await parts.store.write(async (tx): Promise<Appended> => {
    // The attempt's row is locked from here on: whoever ends it comes before or after, and then this is refused.
    if (!(await renewLease(tx, attempt.id, tx.now() + piece.leaseMs))) return { kind: 'over' };
    if (await growLog(tx, from, grown)) {
      if (kept.length > 0) await place.note(tx, attempt.jobId, keptBytes - kept.length, kept);
      await markLog(tx, attempt.jobId, counted);
      return { kind: 'appended', sizeBytes: sizeBytes - attemptStart };
    }
    const now = await findLog(tx, attempt.jobId);
    if (now === null || now.state !== 'growing' || now.attempt > attempt.attempt) return { kind: 'over' };
    return { kind: 'mismatch', sizeBytes: now.sizeBytes - ownPart(now, attempt).attemptStart };
  });
}

/** What of the piece is kept. A reader sees where the rest went. */
function within({ bytes, maxBytes }: LogPiece, keptBytes: number): Uint8Array {
  const room = maxBytes - keptBytes;
  if (bytes.length <= room) return bytes;
  if (room < 0) return new Uint8Array(0);
  const words = `\n\u001b[31;1mThe log has reached its limit of ${maxBytes} bytes; what follows is not kept.\u001b[0;m\n`;
  return Buffer.concat([bytes.subarray(0, room), Buffer.from(words)]);
}
