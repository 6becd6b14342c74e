import { Readable } from 'node:stream';
import { Failure } from '../../base/index.ts';
import { logKeys } from '../../blobs/index.ts';
import { findLog, type LogRecord } from '../../store/index.ts';
import type { Parts } from '../parts.ts';
import { placeOf } from './place/place-of.ts';

export interface LogRange {
  /** First byte; default 0. */
  readonly from?: number;
  /** The byte after the last one; default and at most the log's size as it is now. */
  readonly to?: number;
}

export interface OpenedLog {
  /** Of the whole log, now. It may grow while `isGrowing`; the hint `log` says when. */
  readonly sizeBytes: number;
  readonly isGrowing: boolean;
  /** How often some of it has been taken back and sent again: what was read when it was another number may be another. */
  readonly resends: number;
  /** From which byte on, the last time; null: not known. */
  readonly resentFrom: number | null;
  /** Has to be read to its end or destroyed. */
  readonly body: Readable;
}

/** A part of a job's log, wherever it lies; past its end there is nothing. Null: the job has none, or it was erased. */
export async function readJobLog(parts: Parts, jobId: number, range: LogRange = {}): Promise<OpenedLog | null> {
  const log = await parts.store.read((db) => findLog(db, jobId));
  if (log === null || log.state === 'erased') return null;
  const to = Math.min(range.to ?? log.keptBytes, log.keptBytes);
  const from = Math.min(range.from ?? 0, to);
  return {
    sizeBytes: log.keptBytes,
    isGrowing: log.state === 'growing',
    resends: log.resends,
    resentFrom: log.resend === 'begun' ? log.attemptStart : null,
    body: Readable.from(bytesOf(parts, log, from, to), { objectMode: false }),
  };
}

/** The bytes of a log from `from` up to, not with, `to`, wherever they lie. */
export async function* bytesOf(parts: Parts, log: LogRecord, from: number, to: number): AsyncGenerator<Uint8Array> {
  let at = from;
  if (log.state === 'growing') {
    try {
      for await (const bytes of placeOf(log.place).read(parts, log.jobId, at, to)) {
        at += bytes.length;
        yield bytes;
      }
      return;
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'blob_not_found') throw error;
      // It was sealed meanwhile: the same bytes are there now. An erased one is not, and says so.
    }
  }
  if (at === to) return;
  const { body } = await parts.blobs.open(logKeys(log.jobId).log, { start: at, end: to });
  yield* body as AsyncIterable<Uint8Array>;
}
