import { closeSync, constants } from 'node:fs';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { type Entry, fromFdPromise, getFileNameLowLevel, type ZipFile } from 'yauzl';
import { describeError, Failure, openRegularFile } from '../../../base/index.ts';
import type { CollectedFile } from '../../../executors/index.ts';
import type { ArchiveLimits } from './archive-limits.ts';
import { isSmallEntry, readSmallEntry } from './small-entry.ts';

/** Content may be so many times as large as the archive … */
const MAX_RATIO = 200;
/** … once it is larger than this; a few files of zeros are no bomb. */
const RATIO_FREE_BYTES = 256 * 1024 ** 2;
const MAX_LINK_BYTES = 4096;

const TYPE_MASK = 0o170000;
const TYPE_LINK = 0o120000;
const ENCRYPTED = 1;

/**
 * The entries of a zip, in its order. Content must be read while the iteration lasts. Trusts nothing that the archive says: a path that
 * could leave its directory, a lie about sizes or too much of anything ends the iteration.
 * @throws Failure `archive_refused` (unsafe path, limits, expansion ratio), `archive_unreadable` (not a zip, damaged, missing).
 */
export async function* readArchive(
  path: string,
  limits: ArchiveLimits,
  signal: AbortSignal,
): AsyncGenerator<CollectedFile> {
  const { zip, file } = await openZip(path);
  const archive: OpenArchive = { zip, file, path, signal };
  try {
    if (zip.entryCount > limits.maxEntries) throw refused(path, `it has more than ${limits.maxEntries} entries`);
    let contentBytes = 0;
    for await (const entry of entriesOf(zip, path)) {
      signal.throwIfAborted();
      contentBytes += entry.uncompressedSize;
      if (contentBytes > limits.maxBytes) throw refused(path, `it holds more than ${limits.maxBytes} bytes`);
      if (contentBytes > RATIO_FREE_BYTES && contentBytes > MAX_RATIO * zip.fileSize) {
        throw refused(path, `its content is more than ${MAX_RATIO} times as large as itself`);
      }
      yield describeEntry(archive, entry);
    }
  } finally {
    // Closes the file too, once streams that still read have ended.
    zip.close();
  }
}

interface OpenArchive {
  readonly zip: ZipFile;
  readonly file: number;
  readonly path: string;
  readonly signal: AbortSignal;
}

function refused(path: string, reason: string): Failure {
  return new Failure('archive_refused', `${path} is not unpacked: ${reason}`);
}

function unreadable(path: string, error: unknown): Failure {
  return new Failure('archive_unreadable', `cannot read ${path}: ${describeError(error)}`, { cause: error });
}

async function openZip(path: string): Promise<{ zip: ZipFile; file: number }> {
  let file: number | undefined;
  try {
    file = openRegularFile(path, constants.O_RDONLY);
    return { zip: await fromFdPromise(file, { autoClose: false, decodeStrings: false }), file };
  } catch (error) {
    if (file !== undefined) closeSync(file);
    throw unreadable(path, error);
  }
}

async function* entriesOf(zip: ZipFile, path: string): AsyncGenerator<Entry> {
  const entries = zip.eachEntry();
  for (;;) {
    const next = await entries.next().catch((error: unknown) => {
      throw unreadable(path, error);
    });
    if (next.done) return;
    yield next.value;
  }
}

function describeEntry(archive: OpenArchive, entry: Entry): CollectedFile {
  const { generalPurposeBitFlag, fileNameRaw, extraFields, uncompressedSize } = entry;
  const name = getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, true);
  const isDirectory = name.endsWith('/');
  const path = isDirectory ? name.slice(0, -1) : name;
  if (!isSafe(path)) throw refused(archive.path, `${JSON.stringify(name)} is not a path inside a directory`);
  if ((generalPurposeBitFlag & ENCRYPTED) !== 0) throw refused(archive.path, `${name} is encrypted`);
  const unixMode = entry.externalFileAttributes >>> 16;
  const isLink = (unixMode & TYPE_MASK) === TYPE_LINK;
  if (isLink && uncompressedSize > MAX_LINK_BYTES) throw refused(archive.path, `${name} is a link to too long a path`);
  return {
    path,
    kind: isDirectory ? 'directory' : isLink ? 'symlink' : 'file',
    mode: unixMode & 0o777 || (isDirectory ? 0o755 : 0o644),
    modifiedMs: entry.getLastModDate({ timezone: 'UTC' }).getTime(),
    sizeBytes: isDirectory ? 0 : uncompressedSize,
    open: () => (isDirectory ? Readable.from([]) : contentOf(archive, entry)),
  };
}

function isSafe(path: string): boolean {
  return !path.includes('\0') && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

function contentOf(archive: OpenArchive, entry: Entry): Readable {
  if (!isSmallEntry(entry)) return Readable.from(streamedContent(archive, entry), { objectMode: false });
  return new Readable({
    read() {
      try {
        archive.signal.throwIfAborted();
        const content = readSmallEntry(archive.file, entry);
        if (content.length > 0) this.push(content);
        this.push(null);
      } catch (error) {
        this.destroy(archive.signal.aborted ? archive.signal.reason : unreadable(archive.path, error));
      }
    },
  });
}

async function* streamedContent({ zip, path, signal }: OpenArchive, entry: Entry): AsyncGenerator<Uint8Array> {
  try {
    let checksum = 0;
    for await (const chunk of (await zip.openReadStreamPromise(entry)) as AsyncIterable<Uint8Array>) {
      signal.throwIfAborted();
      checksum = crc32(chunk, checksum);
      yield chunk;
    }
    if (checksum !== entry.crc32) throw new Error('the checksum of its content is wrong');
  } catch (error) {
    signal.throwIfAborted();
    throw unreadable(path, error);
  }
}
