import { describeError } from '../../../base/index.ts';
import { maintain } from '../../../git/index.ts';
import { listProjectIds } from '../../../store/index.ts';
import type { Sweep } from '../../work/index.ts';

/** Most have nothing to do, which git finds out in some ms. */
const MOST_A_TURN = 500;
const LONGEST_MS = 10 * 60_000;
const LONGEST_TURN_MS = 30 * 60_000;

/** Lets git pack what has grown loose, one repository at a time; goes on where the last turn ended. */
export function repositoriesSweep(): Sweep {
  let after = 0;
  return {
    name: 'repositories.upkeep',
    everyMs: 3_600_000,
    async run({ store, repositories, clock, log }, signal) {
      const endsAt = clock.monotonic() + LONGEST_TURN_MS;
      const ids = await store.read((db) => listProjectIds(db, after, MOST_A_TURN));
      for (const id of ids) {
        if (signal.aborted || clock.monotonic() > endsAt) return;
        after = id;
        if (!repositories.has(id)) continue;
        await maintain(repositories.at(id), { clock, signal, timeoutMs: LONGEST_MS }).catch((error: unknown) => {
          if (!signal.aborted)
            log.warn({ project_id: id, error: describeError(error) }, 'upkeep of a repository failed');
        });
      }
      if (ids.length < MOST_A_TURN) after = 0;
    },
  };
}
