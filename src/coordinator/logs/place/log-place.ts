import type { Tx } from '../../../store/index.ts';
import type { Parts } from '../../parts.ts';

/**
 * Where the bytes of a log lie while it grows. A log grows in two moves, and one writer at a time: `put` before the transaction that says how
 * far it goes, `note` inside of it. What was put and never noted is written over by the next one.
 */
export interface LogPlace {
  /** Once it resolves the bytes survive a power cut, unless `note` keeps them. @param at bytes of the log before these. */
  put(parts: Parts, jobId: number, at: number, bytes: Uint8Array): Promise<void>;
  note(tx: Tx, jobId: number, at: number, bytes: Uint8Array): Promise<void>;
  /** The bytes from `from` up to, not with, `to`, which have been noted. Throws `blob_not_found` when they are gone: the log was sealed or erased meanwhile. */
  read(parts: Parts, jobId: number, from: number, to: number): AsyncIterable<Uint8Array>;
  /** All of it; again is fine. */
  remove(parts: Parts, jobId: number): Promise<void>;
}
