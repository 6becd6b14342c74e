import { basename } from 'node:path/posix';
import { createDeflateRaw } from 'node:zlib';
import { Failure } from '../../../base/index.ts';
import type { CollectedFile } from '../../../executors/index.ts';
import { writeFileWhole } from '../output-file.ts';
import type { ArchiveLimits } from './archive-limits.ts';
import { type Packing, packContent } from './pack-content.ts';
import type { ArchiveSummary } from './write-archive.ts';

const HAS_NAME = 0x08;
const HAS_COMMENT = 0x10;
const UNIX = 3;

/**
 * Packs each file, all of them regular ones, into a gzip member of its own, one behind the other: base name as name, path as comment.
 * Any gunzip reads the contents as one. Source: the report format of GitLab's runner.
 * @throws Failure as `writeArchive`.
 */
export async function writeGzip(
  path: string,
  files: AsyncIterable<CollectedFile>,
  limits: ArchiveLimits,
  signal: AbortSignal,
): Promise<ArchiveSummary> {
  return writeFileWhole(path, signal, async (output) => {
    let entries = 0;
    let contentBytes = 0;
    for await (const file of files) {
      if (entries === limits.maxEntries) throw new Failure('archive_too_large', `${path} would have too many files`);
      contentBytes += await addMember({ output, signal, allowedBytes: limits.maxBytes - contentBytes }, file);
      entries += 1;
      if (contentBytes > limits.maxBytes) throw new Failure('archive_too_large', `${path} would hold too many bytes`);
    }
    return { entries, sizeBytes: output.size };
  });
}

/** @returns how many bytes of content; more than allowed: it was not packed to its end. */
async function addMember(packing: Packing, file: CollectedFile): Promise<number> {
  const { output } = packing;
  const head = Buffer.from([0x1f, 0x8b, 8, HAS_NAME | HAS_COMMENT, 0, 0, 0, 0, 0, UNIX]);
  head.writeUInt32LE(Math.floor(file.modifiedMs / 1000) >>> 0, 4);
  await output.write(Buffer.concat([head, Buffer.from(`${basename(file.path)}\0${file.path}\0`)]));
  const { checksum, contentBytes } = await packContent(packing, file, createDeflateRaw());
  const tail = Buffer.alloc(8);
  tail.writeUInt32LE(checksum, 0);
  tail.writeUInt32LE(contentBytes >>> 0, 4);
  await output.write(tail);
  return contentBytes;
}
