import { describeError } from '../../base/index.ts';
import { forgetDoomedBlobs, listDoomedBlobs } from '../../store/index.ts';
import type { Parts } from '../parts.ts';
import type { Sweep } from '../work/index.ts';

const MOST = 200;
/** An upload that is refused, because its attempt has ended, removes its bytes itself: this is for its last ones. */
const GRACE_MS = 3_600_000;

/** An archive or a log may have it beside it. */
export function keyOfIndex(blob: string): string {
  return `${blob}.index`;
}

/** Removes the bytes of blobs that were noted as doomed, and their indexes. What cannot be removed now is left to the sweep. Again is fine. */
export async function removeDoomed({ store, blobs, log }: Parts, keys: readonly string[]): Promise<void> {
  try {
    for (const key of keys) {
      await blobs.delete(keyOfIndex(key));
      await blobs.delete(key);
    }
    await store.write((tx) => forgetDoomedBlobs(tx, keys));
  } catch (error) {
    log.warn({ blobs: keys, error: describeError(error) }, 'bytes that belong to nothing are left to a sweep');
  }
}

/** What a server that died, or a store of blobs that was away, has left. Goes on where the last turn ended. */
export function doomedBlobsSweep(): Sweep {
  let after = '';
  return {
    name: 'blobs.doomed',
    everyMs: 60_000,
    async run(parts, signal) {
      const keys = await parts.store.read((db) => listDoomedBlobs(db, { after, limit: MOST, graceMs: GRACE_MS }));
      for (const key of keys) {
        if (signal.aborted) return;
        await removeDoomed(parts, [key]);
        after = key;
      }
      if (keys.length < MOST) after = '';
    },
  };
}
