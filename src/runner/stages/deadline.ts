import type { Clock } from '../../base/index.ts';

export interface Deadline {
  readonly signal: AbortSignal;
  /** The deadline is no longer needed; the signal stays as it is. */
  callOff(): void;
}

/** After a suspension of the machine a deadline may come so late. */
const LOOK_EVERY_MS = 5_000;

/** A signal that aborts after so many ms in which the machine was awake, or with `other`, whichever comes first. */
export function deadlineSignal(clock: Clock, ms: number, other: AbortSignal): Deadline {
  return deadline((calledOff) => clock.sleep(ms, calledOff), other);
}

/** The same after so many ms, whether the machine was awake or suspended. */
export function sleeplessDeadline(clock: Clock, ms: number, other: AbortSignal): Deadline {
  const until = clock.sinceBoot() + ms;
  return deadline(async (calledOff) => {
    for (let leftMs = ms; leftMs > 0 && !calledOff.aborted; leftMs = until - clock.sinceBoot()) {
      await clock.sleep(Math.min(leftMs, LOOK_EVERY_MS), calledOff);
    }
  }, other);
}

function deadline(wait: (calledOff: AbortSignal) => Promise<void>, other: AbortSignal): Deadline {
  const over = new AbortController();
  const calledOff = new AbortController();
  void wait(calledOff.signal).then(() => {
    if (!calledOff.signal.aborted) over.abort();
  });
  return { signal: AbortSignal.any([over.signal, other]), callOff: () => calledOff.abort() };
}

/**
 * Ms of a budget that were used since an instant (UTC ms) which may have been written down by another process. An instant that is still to
 * come shows that the clock was set back since: then nobody knows, and nothing counts as used. `bootMs`: what `Clock.sinceBoot` said at that instant, which goes before, as nobody can set it; null:
 * it was not written down. Where it is still to come, the machine was started anew.
 */
export function usedSince(clock: Clock, begunAt: number, bootMs: number | null = null): number {
  if (bootMs !== null && clock.sinceBoot() >= bootMs) return clock.sinceBoot() - bootMs;
  return Math.max(0, clock.now() - begunAt);
}
