import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import type { CollectedFile } from '../../../executors/index.ts';
import type { OutputFile } from '../output-file.ts';

export interface Packing {
  readonly output: OutputFile;
  readonly signal: AbortSignal;
  /** Content that may still come. */
  readonly allowedBytes: number;
}

export interface PackedContent {
  readonly checksum: number;
  /** Before packing. More than was allowed: there is more to come, which was not packed. */
  readonly contentBytes: number;
}

/** Writes the content of a file, packed, and counts it as it goes by. */
export async function packContent(packing: Packing, file: CollectedFile, packer: Transform): Promise<PackedContent> {
  const { output, signal, allowedBytes } = packing;
  let checksum = 0;
  let contentBytes = 0;
  async function* counted(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      checksum = crc32(chunk, checksum);
      contentBytes += chunk.length;
      if (contentBytes > allowedBytes) return;
      yield chunk;
    }
  }
  async function store(chunks: AsyncIterable<Buffer>): Promise<void> {
    for await (const chunk of chunks) await output.write(chunk);
  }
  await pipeline(file.open(), counted, packer, store, { signal });
  return { checksum, contentBytes };
}
