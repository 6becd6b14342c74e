import { describeError } from '../../../base/index.ts';
import { findProjectEnds } from '../../../store/index.ts';
import type { Sweep } from '../../work/index.ts';

const GRACE_MS = 24 * 60 * 60_000;

/**
 * Removes the repositories of projects that were deleted a day ago and more: a crash came between the row and the directory. One whose project the database
 * has never heard of is named in the log and left: a database that was restored from an old copy looks like that.
 */
export const orphansSweep: Sweep = {
  name: 'repositories.orphans',
  everyMs: 24 * 60 * 60_000,
  async run({ store, repositories, log }, signal) {
    const ids = await repositories.ids();
    const { ends, now } = await store.read(async (db) => ({ ends: await findProjectEnds(db, ids), now: db.now() }));
    for (const id of ids) {
      if (signal.aborted) return;
      const deletedAt = ends.get(id);
      if (deletedAt === undefined) log.warn({ project_id: id }, 'there is a repository of a project that nobody knows');
      else if (deletedAt !== null && deletedAt < now - GRACE_MS) {
        try {
          await repositories.remove(id);
          log.info({ project_id: id }, 'removed the repository of a project that was deleted');
        } catch (error) {
          // The others have their turn all the same; this one has it again tomorrow.
          log.warn({ project_id: id, error: describeError(error) }, 'the repository of a deleted project stays');
        }
      }
    }
  },
};
