import { pipeline, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { crc32, createInflateRaw } from 'node:zlib';
import { describeError, Failure } from '../../base/index.ts';
import { blobFailure } from '../blob-failure.ts';
import type { BlobStore } from '../blob-store.ts';
import { type ArchiveEntry, type ArchiveIndex, findEntry } from './archive-index.ts';

export interface OpenedEntry {
  readonly entry: ArchiveEntry;
  /**
   * The unpacked content. Ends with an error where it is not what the archive's directory says of size and checksum, and gives never more than that size.
   * Has to be read to its end or destroyed.
   */
  readonly body: Readable;
}

const LOCAL_HEADER_BYTES = 30;
const LOCAL_HEADER = 0x04034b50;
const STORED = 0;
const DEFLATED = 8;

/**
 * One file of an archive: two reads by range, whatever the archive's size.
 * @throws Failure `entry_not_found` (no such file: also for a directory or a link), `entry_unreadable` (damaged, encrypted, another method), and as `open`.
 */
export async function openEntry(
  archive: { readonly store: BlobStore; readonly key: string; readonly index: ArchiveIndex },
  path: string,
  signal?: AbortSignal,
): Promise<OpenedEntry> {
  const { store, key, index } = archive;
  const entry = findEntry(index, path);
  if (entry?.kind !== 'file') throw blobFailure('entry_not_found', `no file ${JSON.stringify(path)} in this archive`);
  if (entry.method !== STORED && entry.method !== DEFLATED) {
    throw unreadable(path, entry.method < 0 ? 'it is encrypted' : `compression method ${entry.method} is unknown`);
  }
  const within = signal === undefined ? {} : { signal };
  const head = await readRange(store, key, { start: entry.offset, end: entry.offset + LOCAL_HEADER_BYTES, ...within });
  if (head.length < LOCAL_HEADER_BYTES || head.readUInt32LE(0) !== LOCAL_HEADER) {
    throw unreadable(path, 'the archive has no such entry where its directory says');
  }
  const start = entry.offset + LOCAL_HEADER_BYTES + head.readUInt16LE(26) + head.readUInt16LE(28);
  const packed = await openRange(store, key, { start, end: start + entry.packedBytes, ...within });
  return { entry, body: Readable.from(unpack(packed, entry), { objectMode: false }) };
}

/** A range that the archive's own words made: outside of the blob the archive is wrong, not the caller. */
async function openRange(...[store, key, range]: Parameters<typeof readRange>): Promise<Readable> {
  return store.open(key, range).then(
    ({ body }) => body,
    (error: unknown) => {
      if (error instanceof Failure && error.code === 'bad_range')
        throw unreadable('this archive', describeError(error));
      throw error;
    },
  );
}

async function readRange(
  store: BlobStore,
  key: string,
  range: { readonly start: number; readonly end: number; readonly signal?: AbortSignal },
): Promise<Buffer> {
  return buffer(await openRange(store, key, range));
}

async function* unpack(
  packed: Readable,
  { path, sizeBytes, method, crc32: expected }: ArchiveEntry,
): AsyncGenerator<Uint8Array> {
  // The pipeline's own end is seen in the loop below.
  const content = method === STORED ? packed : pipeline(packed, createInflateRaw(), () => undefined);
  let size = 0;
  let checksum = 0;
  try {
    for await (const chunk of content as AsyncIterable<Uint8Array>) {
      size += chunk.length;
      if (size > sizeBytes) throw new Error(`it is larger than ${sizeBytes} bytes`);
      checksum = crc32(chunk, checksum);
      yield chunk;
    }
    if (size !== sizeBytes) throw new Error(`it has ${size} bytes, not ${sizeBytes}`);
    if (checksum !== expected) throw new Error('its checksum is wrong');
  } catch (error) {
    throw error instanceof Failure ? error : unreadable(path, describeError(error), error);
  } finally {
    packed.destroy();
  }
}

function unreadable(path: string, reason: string, cause?: unknown): Failure {
  return blobFailure('entry_unreadable', `cannot read ${path}: ${reason}`, cause);
}
