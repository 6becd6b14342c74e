import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { describeError, Failure } from '../../base/index.ts';
import { blobFailure } from '../blob-failure.ts';

/** One path as GitLab's `metadata.gz` tells of it. What it leaves out is 0. */
export interface MetadataEntry {
  /** A directory ends with a slash. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly packedBytes: number;
  readonly crc32: number;
  readonly mode: number;
  readonly modifiedMs: number;
}

const HEADER = 'GitLab Build Artifacts Metadata 0.0.';
const MAX_STRING_BYTES = 64 * 1024;

/**
 * GitLab's list of an archive's entries, in its order: a gzip of strings, each after its length (32 bits, big-endian): a header, an object for
 * the future, then path and JSON in turn. GitLab makes it on its server, so it comes with an archive only from there. It is somebody's word about
 * the archive: for looking at, never for finding content (`readArchive` is).
 * @throws Failure `archive_unreadable`, `archive_refused` (more than `maxEntries`)
 */
export async function* readMetadata(
  source: AsyncIterable<Uint8Array>,
  { maxEntries }: { readonly maxEntries: number },
): AsyncGenerator<MetadataEntry> {
  try {
    const strings = readStrings(source);
    const header = (await strings.next()).value ?? '';
    if (!header.startsWith(HEADER)) throw new Error('it is no metadata of artifacts');
    await strings.next();
    for (let count = 1; ; count += 1) {
      const path = (await strings.next()).value;
      if (path === undefined) return;
      if (count > maxEntries) throw blobFailure('archive_refused', `metadata of more than ${maxEntries} entries`);
      const facts = (await strings.next()).value;
      if (facts === undefined) throw new Error('it ends in the middle of an entry');
      yield describe(path, JSON.parse(facts) as unknown);
    }
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw blobFailure('archive_unreadable', `cannot read metadata: ${describeError(error)}`, error);
  }
}

async function* readStrings(source: AsyncIterable<Uint8Array>): AsyncGenerator<string, undefined> {
  let held = Buffer.alloc(0);
  const content = pipeline(Readable.from(source, { objectMode: false }), createGunzip(), () => undefined);
  for await (const chunk of content as AsyncIterable<Buffer>) {
    held = Buffer.concat([held, chunk]);
    let at = 0;
    while (held.length >= at + 4) {
      const length = held.readUInt32BE(at);
      if (length > MAX_STRING_BYTES) throw new Error(`a string of ${length} bytes`);
      if (held.length < at + 4 + length) break;
      yield held.toString('utf8', at + 4, at + 4 + length);
      at += 4 + length;
    }
    held = held.subarray(at);
  }
  if (held.length > 0) throw new Error('it ends in the middle of a string');
  return undefined;
}

function describe(path: string, facts: unknown): MetadataEntry {
  const { size, zipped, crc, mode, modified } = (facts ?? {}) as Readonly<Record<string, unknown>>;
  return {
    path,
    sizeBytes: numberOf(size),
    packedBytes: numberOf(zipped),
    crc32: numberOf(crc),
    mode: typeof mode === 'string' ? Number.parseInt(mode, 8) || 0 : 0,
    modifiedMs: numberOf(modified) * 1000,
  };
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
