import type { Clock } from '../../../base/index.ts';

/** How long a server that does not answer is told how a job ended. */
export const LONGEST_PATIENCE_MS = 7 * 24 * 60 * 60_000;
/** What a process does at least: how long others have waited says a clock that somebody may have set. */
export const LEAST_PATIENCE_MS = 60 * 60_000;
/** The same once the runner takes no more jobs, and once it is told to end: what it has to say stays in the journal for its next start. */
const PATIENCE_AT_DRAIN_MS = 5 * 60_000;
const PATIENCE_AT_STOP_MS = 10_000;

/** How this process ends. */
export interface Leaving {
  /** It takes no more jobs. */
  readonly noMoreJobs: AbortSignal;
  /** All that runs is torn down. */
  readonly tornDown: AbortSignal;
}

export interface Patience {
  /** Aborts when it is over. */
  readonly over: AbortSignal;
  /** Nobody waits any more. */
  end(): void;
}

export function startPatience(clock: Clock, longestMs: number, { noMoreJobs, tornDown }: Leaving): Patience {
  const [over, ended] = [new AbortController(), new AbortController()];
  const last = async (): Promise<void> => {
    await clock.sleep(longestMs, AbortSignal.any([noMoreJobs, tornDown, ended.signal]));
    if (noMoreJobs.aborted) await clock.sleep(PATIENCE_AT_DRAIN_MS, AbortSignal.any([tornDown, ended.signal]));
    if (tornDown.aborted) await clock.sleep(PATIENCE_AT_STOP_MS, ended.signal);
    over.abort();
  };
  void last();
  return { over: over.signal, end: () => ended.abort() };
}
