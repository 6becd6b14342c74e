import { describeError } from '../../base/index.ts';
import type { JobRecord, Store } from '../../store/index.ts';
import type { Parts } from '../parts.ts';

/** Of which logs somebody waits for every line, on any replica: their runners send them in smaller pieces. */
export interface WatchedLogs {
  /** Somebody watches, now. Said again and again while that is so; most times it costs nothing. */
  note(job: Pick<JobRecord, 'id' | 'state'>): Promise<void>;
  isWatched(jobId: number): boolean;
}

/** A log counts as watched for so long after a hint; one that is lost costs a watcher half of that. */
const WATCHED_MS = 30_000;

const known = new WeakMap<Store, WatchedLogs>();

/** One a store; it listens as long as that is open. */
export function watchedLogs(parts: Pick<Parts, 'store' | 'clock' | 'log'>): WatchedLogs {
  const before = known.get(parts.store);
  if (before !== undefined) return before;
  const opened = openWatchedLogs(parts);
  known.set(parts.store, opened);
  return opened;
}

function openWatchedLogs({ store, clock, log }: Pick<Parts, 'store' | 'clock' | 'log'>): WatchedLogs {
  /** Until when, by job; who was heard of last stands last. */
  const ends = new Map<number, number>();
  const leftMs = (jobId: number): number => (ends.get(jobId) ?? 0) - clock.monotonic();
  const hear = (jobId: number): void => {
    ends.delete(jobId);
    ends.set(jobId, clock.monotonic() + WATCHED_MS);
    for (const id of ends.keys()) {
      if (leftMs(id) > 0) break;
      ends.delete(id);
    }
  };
  store.subscribe('watch', (hint) => {
    if (hint !== 'look') hear(hint.id);
  });
  return {
    isWatched: (jobId) => leftMs(jobId) > 0,
    async note({ id, state }) {
      if (leftMs(id) > WATCHED_MS / 2) return;
      // Before the hint comes back: a thousand watchers say it once.
      hear(id);
      try {
        await store.write(async (tx) => tx.publish({ kind: 'watch', id, value: state.attempt }));
      } catch (error) {
        // On a full disk a log is still shown, if later.
        log.warn({ job: id, error: describeError(error) }, 'cannot tell that a log is watched');
      }
    },
  };
}
