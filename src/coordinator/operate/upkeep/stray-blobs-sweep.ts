import { listErasedJobs } from '../../../store/index.ts';
import type { Sweep } from '../../work/index.ts';
import { OWNER, ownsBlobs } from './blobs-owner.ts';
import { jobOf, strayBlobs } from './stray-blobs.ts';

const A_PAGE = 500;
const PAGES_A_TURN = 20;
/** A body may take an hour to arrive, and S3 dates a blob of several parts from its first. */
const GRACE_MS = 24 * 60 * 60_000;

/**
 * Removes what is left of erased jobs: the database says itself that all of it goes. Other blobs that no row names (a crash came between the bytes and
 * their row, or between the end of a row and the removal of its bytes) are counted in the log and left, for `admin check` to name: to a database that is
 * another one than the store's, or was restored from an old copy, all that is of worth looks like that. Goes on where the last turn ended.
 */
export function strayBlobsSweep(): Sweep {
  let after = '';
  return {
    name: 'blobs.stray',
    everyMs: 3_600_000,
    async run({ store, blobs, clock, log }, signal) {
      if (!(await ownsBlobs(store, blobs))) {
        log.warn({ owner: OWNER }, 'the artifacts and logs are those of another database: none is removed');
        return;
      }
      const before = clock.now() - GRACE_MS;
      let removed = 0;
      const left: string[] = [];
      for (let pages = 0; pages < PAGES_A_TURN && !signal.aborted; pages += 1) {
        const { stray, next } = await strayBlobs(store, blobs, { after, limit: A_PAGE, before });
        const erased = await store.read((db) => listErasedJobs(db, [...new Set(stray.map(jobOf))]));
        const gone = stray.filter((key) => erased.has(jobOf(key)));
        for (const key of gone) await blobs.delete(key);
        removed += gone.length;
        left.push(...stray.filter((key) => !erased.has(jobOf(key))));
        after = next ?? '';
        if (next === null) break;
      }
      if (removed > 0) log.info({ blobs: removed }, 'removed blobs of erased jobs');
      if (left.length > 0)
        log.warn(
          { blobs: left.length, first: left[0] },
          'there are blobs that belong to nothing; admin check names them',
        );
    },
  };
}
