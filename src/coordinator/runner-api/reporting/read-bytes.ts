import type { Readable } from 'node:stream';
import { HttpError } from '../../http/index.ts';

/** Whoever sends so little so slowly is not sending it. */
const DEADLINE_MS = 30_000;

/** A small body whole. @throws HttpError 408, 413 */
export async function readBytes(source: Readable, most: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const late = new HttpError(408, { error: `body not received within ${DEADLINE_MS / 1000} s` });
  const timer = setTimeout(() => source.destroy(late), DEADLINE_MS);
  try {
    for await (const chunk of source.iterator({ destroyOnReturn: false })) {
      size += chunk.length;
      if (size > most) throw new HttpError(413, { error: `body is larger than ${most} bytes` });
      chunks.push(chunk);
    }
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(chunks);
}
