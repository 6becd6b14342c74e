import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { blobFailure } from '../blob-failure.ts';
import type { BlobStore, ReadRange } from '../blob-store.ts';
import { clampRange } from '../byte-range.ts';
import { sha256 } from './sources.ts';

/** A store without a disk, for tests of what stands above one; keeps count of reads. */
export function memoryStore(): BlobStore & { readonly blobs: Map<string, Buffer>; readonly reads: ReadRange[] } {
  const blobs = new Map<string, Buffer>();
  const reads: ReadRange[] = [];
  return {
    blobs,
    reads,
    async put(key, source) {
      const bytes = await buffer(source);
      blobs.set(key, bytes);
      return { sizeBytes: bytes.length, sha256: sha256(bytes) };
    },
    async open(key, range = {}) {
      reads.push(range);
      const bytes = blobs.get(key);
      if (bytes === undefined) throw blobFailure('blob_not_found', key);
      const { start, end } = clampRange(range, bytes.length);
      const body = Readable.from(start === end ? [] : [bytes.subarray(start, end)], { objectMode: false });
      return { sizeBytes: bytes.length, sha256: null, body };
    },
    async stat(key) {
      const bytes = blobs.get(key);
      return bytes === undefined ? null : { sizeBytes: bytes.length, sha256: null, modifiedMs: 0 };
    },
    delete: async (key) => void blobs.delete(key),
    list: async () => ({ blobs: [], next: null }),
    sweep: async () => 0,
    close: () => undefined,
  };
}
