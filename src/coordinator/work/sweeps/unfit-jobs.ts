import {
  type Db,
  findLane,
  listLanesWaitingSince,
  listRunnersAtWork,
  listWaitingInLane,
} from '../../../store/index.ts';
import { fitsRunner, ONLINE_MS } from '../../runners/runner-at-work.ts';
import type { Turn } from '../loop.ts';
import { dropStuckJob } from './stuck-jobs.ts';

const HOUR_MS = 60 * 60 * 1000;
/** As GitLab: so long a job waits for a runner to come that fits. */
const WAIT_MS = HOUR_MS;
/** After a long outage of the server no runner was heard of lately: they are given so long to come back. */
const GRACE_MS = 10 * 60_000;
const MOST = 200;

/**
 * Jobs that waited for an hour while no runner that is online could take them end as `stuck_or_timeout_failure`.
 * @param since when this server began, by its `monotonic`.
 */
export function dropUnfitJobs(since: number): Turn['run'] {
  return async (parts, signal) => {
    if (parts.clock.monotonic() - since < GRACE_MS) return false;
    let hasMore = false;
    // By the database's clock, as they came: that of a replica may be off.
    const waitingSince = (db: Db): number => db.now() - WAIT_MS;
    for (const laneId of await parts.store.read((db) => listLanesWaitingSince(db, waitingSince(db)))) {
      if (signal.aborted) return false;
      const unfit = await parts.store.read(async (db) =>
        (await hasRunner(db, laneId))
          ? []
          : await listWaitingInLane(db, laneId, { before: waitingSince(db), limit: MOST }),
      );
      for (const waiting of unfit) if (!signal.aborted) await dropStuckJob(parts, waiting);
      hasMore ||= unfit.length === MOST;
    }
    return hasMore;
  };
}

/** An offer of a cleanup has a deadline of its own, and counts as having one. */
async function hasRunner(db: Db, laneId: number): Promise<boolean> {
  const lane = await findLane(db, laneId);
  if (lane === null || lane.kind === 'cleanup') return true;
  const runners = await listRunnersAtWork(db, lane.projectId, db.now() - ONLINE_MS);
  return runners.some((runner) => fitsRunner(lane, runner));
}
