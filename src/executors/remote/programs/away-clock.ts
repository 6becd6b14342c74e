import type { Clock } from '../../../base/index.ts';

/** How long the place of a job has not answered, for all calls together: one that is answered speaks for all. */
export interface AwayClock {
  answered(): void;
  failed(): void;
  /** It has not answered for so long that nothing is waited for any more. An answer undoes that. */
  isLost(): boolean;
}

export const AWAY_MS = 10 * 60_000;

export function createAwayClock(clock: Pick<Clock, 'monotonic'>, longestMs = AWAY_MS): AwayClock {
  /** Of the first failure that no answer has followed. */
  let since: number | null = null;
  return {
    answered() {
      since = null;
    },
    failed() {
      since ??= clock.monotonic();
    },
    isLost: () => since !== null && clock.monotonic() - since >= longestMs,
  };
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/** Before another try, after so many that failed in a row. Two runners that lost the same engine do not come back as one. */
export function pauseBefore(failures: number): number {
  if (failures <= 1) return 0;
  return Math.min(FIRST_PAUSE_MS * 2 ** Math.min(failures - 2, 10), LONGEST_PAUSE_MS) * (0.75 + Math.random() / 2);
}
