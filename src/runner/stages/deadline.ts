import type { Clock } from '../../base/index.ts';

export interface Deadline {
  readonly signal: AbortSignal;
  /** The deadline is no longer needed; the signal stays as it is. */
  callOff(): void;
}

/** A signal that aborts after so many ms of the clock that never jumps, or with `other`, whichever comes first. */
export function deadlineSignal(clock: Clock, ms: number, other: AbortSignal): Deadline {
  const over = new AbortController();
  const calledOff = new AbortController();
  void clock.sleep(ms, calledOff.signal).then(() => {
    if (!calledOff.signal.aborted) over.abort();
  });
  return { signal: AbortSignal.any([over.signal, other]), callOff: () => calledOff.abort() };
}

/**
 * Ms of a budget that were used since an instant (UTC ms) which may have been written down by another process. An instant that is still to
 * come shows that the clock was set back since: then nobody knows, and nothing counts as used.
 */
export function usedSince(clock: Clock, begunAt: number): number {
  return Math.max(0, clock.now() - begunAt);
}
