import type { Clock } from '../../base/index.ts';

/** Between two looks at the clocks. */
const LOOK_EVERY_MS = 2_000;
/** A busy machine lets nobody wait so long. */
const LEAST_MS = 5_000;

/**
 * Tells whenever this process has not run for a while: the machine was suspended (its clock since boot has gone on), or was stopped from outside as a virtual one is (its wall
 * clock is set forward when it goes on), or the process was (all clocks have gone on). What was said meanwhile was not heard, leases may have lapsed, and connections be
 * dead. A wall clock that somebody sets looks the same, and to look once more does no harm. Resolves when `stop` aborts.
 * @param onWaking given ms
 */
export async function watchForWaking(clock: Clock, stop: AbortSignal, onWaking: (ms: number) => void): Promise<void> {
  const look = (): readonly number[] => [clock.monotonic(), clock.sinceBoot(), clock.now()];
  while (!stop.aborted) {
    const before = look();
    await clock.sleep(LOOK_EVERY_MS, stop);
    if (stop.aborted) return;
    const passedMs = Math.max(...look().map((now, index) => now - (before[index] ?? now)));
    if (passedMs - LOOK_EVERY_MS >= LEAST_MS) onWaking(Math.round(passedMs - LOOK_EVERY_MS));
  }
}
