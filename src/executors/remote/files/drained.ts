import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { Failure } from '../../../base/index.ts';

/** Resolves when it has room again. @throws Failure `reach_cut`: it takes no more */
export async function drained(stream: Writable): Promise<void> {
  const settled = new AbortController();
  const { signal } = settled;
  try {
    if (!stream.destroyed) await Promise.race([once(stream, 'drain', { signal }), once(stream, 'close', { signal })]);
  } catch {
    // Its error: it is destroyed, and whoever did that knows why.
  } finally {
    settled.abort();
  }
  if (stream.destroyed) throw new Failure('reach_cut', 'it takes no more');
}
