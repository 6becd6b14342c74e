import { buffer } from 'node:stream/consumers';
import { crc32, createDeflateRaw, deflateRawSync } from 'node:zlib';
import { Failure } from '../../../base/index.ts';
import type { CollectedFile } from '../../../executors/index.ts';
import { type OutputFile, writeFileWhole } from '../output-file.ts';
import type { ArchiveLimits } from './archive-limits.ts';
import { type Packing, packContent } from './pack-content.ts';
import { directoryEntry, endOfDirectory, localHeader, MAX_32, type ZipRecord } from './zip-records.ts';

export interface ArchiveSummary {
  readonly entries: number;
  /** Of the archive file. */
  readonly sizeBytes: number;
}

/** Half the time of level 6 for 4 % more bytes (JavaScript sources). */
const LEVEL = 4;
/** Content up to this size is packed in one go, in about a millisecond. */
const SMALL_BYTES = 64 * 1024;
/** From here on the packed size might not fit into 32 bits either. */
const BIG_BYTES = MAX_32 - 64 * 1024 ** 2;

const FILE_TYPES = { file: 0o100000, directory: 0o040000, symlink: 0o120000 } as const;

/**
 * Packs files into a zip at `path`, which appears whole or not at all. Files are read one after another as the iterator yields them.
 * Our own writer: see docs/decisions/0005-own-zip-writer.md.
 * @throws Failure `archive_too_large` (limits), `file_not_written` (disk, unreadable file); the abort reason when aborted.
 */
export async function writeArchive(
  path: string,
  files: AsyncIterable<CollectedFile>,
  limits: ArchiveLimits,
  signal: AbortSignal,
): Promise<ArchiveSummary> {
  return writeFileWhole(path, signal, async (output) => {
    const directory: Buffer[] = [];
    let contentBytes = 0;
    for await (const file of files) {
      if (directory.length === limits.maxEntries) throw tooLarge(path, `more than ${limits.maxEntries} entries`);
      const packing: Packing = { output, signal, allowedBytes: limits.maxBytes - contentBytes };
      const record = await addEntry(packing, file);
      if (record === null) throw tooLarge(path, `more than ${limits.maxBytes} bytes`);
      contentBytes += record.contentBytes;
      directory.push(directoryEntry(record));
    }
    const directoryOffset = output.size;
    for (const entry of directory) await output.write(entry);
    await output.write(endOfDirectory(directory.length, directoryOffset, output.size - directoryOffset));
    return { entries: directory.length, sizeBytes: output.size };
  });
}

function tooLarge(path: string, limit: string): Failure {
  return new Failure('archive_too_large', `${path} would have ${limit}`);
}

/** null: more content than allowed. */
async function addEntry(packing: Packing, file: CollectedFile): Promise<ZipRecord | null> {
  if (file.sizeBytes > packing.allowedBytes) return null;
  const record: ZipRecord = {
    name: Buffer.from(file.kind === 'directory' ? `${file.path}/` : file.path),
    mode: FILE_TYPES[file.kind] | (file.mode & 0o7777),
    modifiedMs: file.modifiedMs,
    isDeflated: false,
    crc32: 0,
    storedBytes: 0,
    contentBytes: 0,
    offset: packing.output.size,
    isBig: file.sizeBytes >= BIG_BYTES,
  };
  if (file.kind === 'directory') return addBytes(packing.output, record, Buffer.alloc(0));
  if (file.sizeBytes > SMALL_BYTES) return addStream(packing, record, file);
  const content = await buffer(file.open());
  return content.length > packing.allowedBytes ? null : addBytes(packing.output, record, content);
}

async function addBytes(output: OutputFile, record: ZipRecord, content: Buffer): Promise<ZipRecord> {
  const packed =
    content.length === 0 ? content : deflateRawSync(content, { level: LEVEL, chunkSize: content.length + 64 });
  const isDeflated = packed.length < content.length;
  const stored = isDeflated ? packed : content;
  const sizes = { crc32: crc32(content), storedBytes: stored.length, contentBytes: content.length };
  const whole = { ...record, ...sizes, isDeflated };
  await output.write(localHeader(whole));
  await output.write(stored);
  return whole;
}

/** Writes the header twice: its numbers are known only when the content has gone by. */
async function addStream(packing: Packing, record: ZipRecord, file: CollectedFile): Promise<ZipRecord | null> {
  const { output, allowedBytes } = packing;
  await output.write(localHeader({ ...record, isDeflated: true }));
  const start = output.size;
  const packer = createDeflateRaw({ level: LEVEL, chunkSize: 128 * 1024 });
  const { checksum, contentBytes } = await packContent(packing, file, packer);
  if (contentBytes > allowedBytes) return null;
  const storedBytes = output.size - start;
  if (!record.isBig && Math.max(storedBytes, contentBytes) >= MAX_32) {
    throw new Failure('archive_too_large', `${file.path} grew beyond 4 GiB while it was packed`);
  }
  const whole = { ...record, isDeflated: true, crc32: checksum, storedBytes, contentBytes };
  await output.patch(localHeader(whole), record.offset);
  return whole;
}
