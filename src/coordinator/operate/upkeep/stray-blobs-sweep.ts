import type { Sweep } from '../../work/index.ts';
import { strayBlobs } from './stray-blobs.ts';

const A_PAGE = 500;
const PAGES_A_TURN = 20;
/** A body may take an hour to arrive, and S3 dates a blob of several parts from its first. */
const GRACE_MS = 24 * 60 * 60_000;

/**
 * Removes blobs that no row names: a crash came between the bytes and their row, or between the end of a row and the removal of its bytes. What is
 * missing the other way round, a row's blob, is nothing that a sweep could mend: `admin check` names it. Goes on where the last turn ended.
 */
export function strayBlobsSweep(): Sweep {
  let after = '';
  return {
    name: 'blobs.stray',
    everyMs: 3_600_000,
    async run({ store, blobs, clock, log }, signal) {
      const before = clock.now() - GRACE_MS;
      let removed = 0;
      for (let pages = 0; pages < PAGES_A_TURN && !signal.aborted; pages += 1) {
        const { stray, next } = await strayBlobs(store, blobs, { after, limit: A_PAGE, before });
        for (const key of stray) await blobs.delete(key);
        removed += stray.length;
        after = next ?? '';
        if (next === null) break;
      }
      if (removed > 0) log.info({ blobs: removed }, 'removed blobs that belonged to nothing');
    },
  };
}
