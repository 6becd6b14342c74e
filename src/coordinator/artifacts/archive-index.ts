import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describeError, Failure } from '../../base/index.ts';
import {
  type ArchiveIndex,
  type BlobStore,
  decodeArchiveIndex,
  encodeArchiveIndex,
  readArchive,
} from '../../blobs/index.ts';
import { type ArtifactRecord, knownBlobs } from '../../store/index.ts';
import type { Parts } from '../parts.ts';
import { keyOfIndex } from './doomed-blobs.ts';

/** To look for an index costs more than to read the directory of a smaller archive. */
const LEAST_BYTES = 256 * 1024;
const LEAST_ENTRIES = 1_000;
const MOST_INDEX_BYTES = 64 << 20;

/**
 * What is in an archive. Of one with many files it is read once, when somebody wants the first of them, and kept beside it: each further one costs the
 * reading of a list. It is made of the archive itself alone: what a runner sends along is nobody's word.
 * @throws Failure as `readArchive`
 */
export async function indexOfArchive(
  { store, blobs, log }: Pick<Parts, 'store' | 'blobs' | 'log'>,
  { blob, sizeBytes }: Pick<ArtifactRecord, 'blob' | 'sizeBytes'>,
  signal: AbortSignal,
): Promise<ArchiveIndex> {
  const kept = sizeBytes < LEAST_BYTES ? null : await readKept(blobs, blob, signal);
  if (kept !== null) return kept;
  const index = await readArchive(blobs, blob, { signal });
  if (index.length >= LEAST_ENTRIES) await keep({ store, blobs, log }, { blob, index }, signal);
  return index;
}

async function keep(
  { store, blobs, log }: Pick<Parts, 'store' | 'blobs' | 'log'>,
  { blob, index }: { readonly blob: string; readonly index: ArchiveIndex },
  signal: AbortSignal,
): Promise<void> {
  try {
    const bytes = await encodeArchiveIndex(index);
    // A larger one would be read by nobody.
    if (bytes.length > MOST_INDEX_BYTES) return;
    await blobs.put(keyOfIndex(blob), Readable.from([bytes]), { maxBytes: bytes.length, signal });
    // Taken away meanwhile: nobody would look for its index any more.
    if (!(await store.read((db) => knownBlobs(db, [blob]))).has(blob)) await blobs.delete(keyOfIndex(blob));
  } catch (error) {
    if (signal.aborted) throw error;
    // Only the next one has to wait longer.
    log.warn({ blob, error: describeError(error) }, 'cannot keep the index of an archive');
  }
}

async function readKept(blobs: BlobStore, blob: string, signal: AbortSignal): Promise<ArchiveIndex | null> {
  try {
    const { body, sizeBytes } = await blobs.open(keyOfIndex(blob), { signal });
    if (sizeBytes > MOST_INDEX_BYTES) {
      body.destroy();
      return null;
    }
    return await decodeArchiveIndex(await buffer(body));
  } catch (error) {
    const isMissing = error instanceof Failure && ['blob_not_found', 'index_unreadable'].includes(error.code);
    if (isMissing) return null;
    throw error;
  }
}
