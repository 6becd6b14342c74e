import { buffer } from 'node:stream/consumers';
import { Failure } from '../../../base/index.ts';
import { createLogIndexer, type LogContents, logKeys, parseLogIndex } from '../../../blobs/index.ts';
import { findLog, type LogRecord } from '../../../store/index.ts';
import type { Parts } from '../../parts.ts';
import { bytesOf } from '../read-job-log.ts';
import { growingSource } from './growing-source.ts';
import { indexedSource } from './indexed-source.ts';
import type { LineSource } from './line-source.ts';

/** So many indexes are held, by the checksum of their log: up to a megabyte each, most a few KB. */
const MOST_INDEXES = 32;
const indexes = new WeakMap<Parts['blobs'], Map<string, LogContents>>();

/**
 * Does something with the lines of a job's log, once more when the log went from under it: one that was sealed has the same lines elsewhere.
 * Null: the job has no log, or it was erased.
 */
export async function withLines<T>(
  parts: Parts,
  jobId: number,
  work: (source: LineSource) => Promise<T>,
): Promise<T | null> {
  for (let isLast = false; ; isLast = true) {
    const log = await parts.store.read((db) => findLog(db, jobId));
    if (log === null || log.state === 'erased') return null;
    try {
      return await work(await openLines(parts, log));
    } catch (error) {
      if (isLast || !(error instanceof Failure) || error.code !== 'blob_not_found') throw error;
    }
  }
}

async function openLines(parts: Parts, log: LogRecord): Promise<LineSource> {
  const { newlines } = log;
  if (log.state === 'growing' && newlines !== null) return growingSource(parts, { ...log, newlines });
  const { jobId, resends, keptBytes } = log;
  const read = (from: number, to: number) => bytesOf(parts, log, from, to);
  const about = { jobId, resends, sizeBytes: keptBytes, isGrowing: log.state === 'growing', read };
  return indexedSource(about, await indexOf(parts, log, read));
}

async function indexOf(
  parts: Parts,
  { jobId, sha256, keptBytes }: LogRecord,
  read: LineSource['read'],
): Promise<LogContents> {
  const held = indexes.get(parts.blobs) ?? new Map<string, LogContents>();
  indexes.set(parts.blobs, held);
  const key = `${jobId} ${sha256}`;
  const before = sha256 === null ? undefined : held.get(key);
  const index =
    before ?? (sha256 === null ? null : await sealedIndex(parts, jobId)) ?? (await indexAll(read, keptBytes));
  if (sha256 === null) return index;
  held.delete(key);
  held.set(key, index);
  for (const [oldest] of held) {
    if (held.size <= MOST_INDEXES) break;
    held.delete(oldest);
  }
  return index;
}

/** Null: there is none that can be read. */
async function sealedIndex({ blobs, log }: Parts, jobId: number): Promise<LogContents | null> {
  try {
    const { body } = await blobs.open(logKeys(jobId).index);
    return parseLogIndex(await buffer(body));
  } catch (error) {
    if (!(error instanceof Failure) || !['index_unreadable', 'blob_not_found'].includes(error.code)) throw error;
    log.warn({ job: jobId, error: error.message }, 'the index of a log cannot be read, and is made again');
    return null;
  }
}

/** Of a log that has no index: one that grew before lines were counted, or whose index is damaged. */
async function indexAll(read: LineSource['read'], sizeBytes: number): Promise<LogContents> {
  const indexer = createLogIndexer();
  for await (const bytes of read(0, sizeBytes)) indexer.push(bytes);
  return indexer.finish();
}
