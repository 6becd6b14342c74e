import type { Clock } from '../../base/index.ts';

export interface Deadline {
  readonly signal: AbortSignal;
  /** The deadline is no longer needed; the signal stays as it is. */
  callOff(): void;
}

/** A signal that aborts at an instant (UTC ms) or with `other`, whichever comes first. */
export function deadlineSignal(clock: Clock, at: number, other: AbortSignal): Deadline {
  const over = new AbortController();
  const calledOff = new AbortController();
  void clock.sleep(Math.max(0, at - clock.now()), calledOff.signal).then(() => {
    if (!calledOff.signal.aborted) over.abort();
  });
  return { signal: AbortSignal.any([over.signal, other]), callOff: () => calledOff.abort() };
}
