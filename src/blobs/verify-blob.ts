import { createHash } from 'node:crypto';
import type { BlobStore } from './blob-store.ts';

/** `unknown`: no checksum to compare with, neither beside the blob nor given. */
export type BlobHealth = 'intact' | 'damaged' | 'missing' | 'unknown';

/** Reads a whole blob and compares it with `expectedSha256`, or with the checksum that lies beside it. */
export async function verifyBlob(
  store: BlobStore,
  key: string,
  options: { readonly expectedSha256?: string; readonly signal?: AbortSignal } = {},
): Promise<BlobHealth> {
  const stat = await store.stat(key);
  if (stat === null) return 'missing';
  const expected = options.expectedSha256 ?? stat.sha256;
  if (expected === null) return 'unknown';
  const { body } = await store.open(key, options.signal === undefined ? {} : { signal: options.signal });
  const hash = createHash('sha256');
  for await (const chunk of body) hash.update(chunk as Uint8Array);
  return hash.digest('hex') === expected ? 'intact' : 'damaged';
}
