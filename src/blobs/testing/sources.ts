import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { BlobStore, ReadRange } from '../blob-store.ts';

/** Bytes that differ from place to place, the same each time. */
export function patternBytes(size: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(size);
  let state = seed;
  for (let at = 0; at < size; at += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

export async function* inChunks(bytes: Uint8Array, chunkBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}

/** Gives these bytes and then nothing more, for ever. */
export async function* thenSilent(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
  await new Promise(() => undefined);
}

/** Gives these bytes and then fails, as a client does that hangs up. */
export async function* thenFails(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
  throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export async function putBytes(store: BlobStore, key: string, bytes: Uint8Array): Promise<void> {
  await store.put(key, Readable.from([bytes]), { maxBytes: bytes.length });
}

export async function readBytes(store: BlobStore, key: string, range: ReadRange = {}): Promise<Buffer> {
  return buffer((await store.open(key, range)).body);
}
