import { type Entry, fromRandomAccessReaderPromise, getFileNameLowLevel, type ZipFile } from 'yauzl';
import { describeError, Failure } from '../../base/index.ts';
import { blobFailure } from '../blob-failure.ts';
import type { BlobStore } from '../blob-store.ts';
import type { ArchiveEntry, ArchiveIndex } from './archive-index.ts';
import { refuseName } from './archive-path.ts';
import { BlobReader } from './blob-reader.ts';

export interface ArchiveLimits {
  readonly maxEntries: number;
  /** Of one path. */
  readonly maxNameBytes: number;
  /** Of all paths together: what an index takes in memory. */
  readonly maxNamesBytes: number;
  /** Of all content, unpacked. */
  readonly maxContentBytes: number;
  /** Unpacked content over the archive's own size, where there is more than `ratioFreeBytes` of it; a few files of zeros are no bomb. */
  readonly maxRatio: number;
  readonly ratioFreeBytes: number;
}

export const defaultArchiveLimits: ArchiveLimits = {
  maxEntries: 200_000,
  maxNameBytes: 4096,
  maxNamesBytes: 32 * 1024 ** 2,
  maxContentBytes: 50 * 1024 ** 3,
  maxRatio: 200,
  ratioFreeBytes: 256 * 1024 ** 2,
};

export interface ReadArchiveOptions {
  readonly limits?: ArchiveLimits;
  readonly signal?: AbortSignal;
}

const TYPE_MASK = 0o170000;
const TYPE_LINK = 0o120000;

/**
 * The paths in a zip, from its directory alone: content is not read. Of two entries with one path the last stands, which is the file
 * that `unzip -o` leaves. Links are listed and cannot be opened.
 * @throws Failure `archive_refused` (a path that leads out, too much of anything), `archive_unreadable` (no zip, or damaged), and as `open`.
 */
export async function readArchive(
  store: BlobStore,
  key: string,
  { limits = defaultArchiveLimits, signal }: ReadArchiveOptions = {},
): Promise<ArchiveIndex> {
  const { sizeBytes } = (await store.stat(key)) ?? {};
  if (sizeBytes === undefined) throw blobFailure('blob_not_found', `read ${key}: there is none`);
  const reader = new BlobReader(store, key, sizeBytes, signal);
  try {
    return await Promise.race([readDirectory(reader, sizeBytes, limits), reader.broken]);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw blobFailure('archive_unreadable', `cannot read the archive ${key}: ${describeError(error)}`, error);
  }
}

async function readDirectory(reader: BlobReader, sizeBytes: number, limits: ArchiveLimits): Promise<ArchiveIndex> {
  // Every path is checked here; yauzl would change backslashes first.
  return collect(await fromRandomAccessReaderPromise(reader, sizeBytes, { decodeStrings: false }), limits);
}

async function collect(zip: ZipFile, limits: ArchiveLimits): Promise<ArchiveIndex> {
  if (zip.entryCount > limits.maxEntries) throw refused(`more than ${limits.maxEntries} entries`);
  const entries = new Map<string, ArchiveEntry>();
  let contentBytes = 0;
  let namesBytes = 0;
  for await (const entry of zip.eachEntry()) {
    contentBytes += entry.uncompressedSize;
    namesBytes += entry.fileNameRaw.length;
    if (namesBytes > limits.maxNamesBytes) throw refused(`more than ${limits.maxNamesBytes} bytes of names`);
    if (contentBytes > limits.maxContentBytes) throw refused(`more than ${limits.maxContentBytes} bytes of content`);
    if (contentBytes > limits.ratioFreeBytes && contentBytes > limits.maxRatio * zip.fileSize) {
      throw refused(`content more than ${limits.maxRatio} times as large as itself`);
    }
    const described = describe(entry, limits);
    entries.set(described.path, described);
  }
  return [...entries.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function describe(entry: Entry, { maxNameBytes }: ArchiveLimits): ArchiveEntry {
  const name = getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, true);
  const isDirectory = name.endsWith('/');
  const path = isDirectory ? name.slice(0, -1) : name;
  const refusal = refuseName(path, maxNameBytes);
  if (refusal !== null) throw refused(`a name that ${refusal}: ${JSON.stringify(name.slice(0, 200))}`);
  const unixMode = entry.externalFileAttributes >>> 16;
  const isLink = (unixMode & TYPE_MASK) === TYPE_LINK;
  return {
    path,
    kind: isDirectory ? 'directory' : isLink ? 'symlink' : 'file',
    sizeBytes: isDirectory ? 0 : entry.uncompressedSize,
    packedBytes: entry.compressedSize,
    offset: entry.relativeOffsetOfLocalHeader,
    method: entry.isEncrypted() ? -1 : entry.compressionMethod,
    crc32: entry.crc32,
    mode: unixMode & 0o777 || (isDirectory ? 0o755 : 0o644),
    modifiedMs: Math.trunc(entry.getLastModDate({ timezone: 'UTC' }).getTime()) || 0,
  };
}

function refused(what: string): Failure {
  return blobFailure('archive_refused', `the archive has ${what}`);
}
