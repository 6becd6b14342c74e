import type { Clock } from '../../base/index.ts';

/** How long a coordinator that does not answer is waited for once a job is over. */
const PATIENCE_MS = 60 * 60_000;
/** The same once the runner is told to stop: what it has to say stays in the journal for its next start. */
const PATIENCE_AT_STOP_MS = 10_000;

export interface Patience {
  /** Aborts when it is over. */
  readonly over: AbortSignal;
  /** Nobody waits any more. */
  end(): void;
}

export function startPatience(clock: Clock, stop: AbortSignal): Patience {
  const [over, ended] = [new AbortController(), new AbortController()];
  const last = async (): Promise<void> => {
    await clock.sleep(PATIENCE_MS, AbortSignal.any([stop, ended.signal]));
    if (stop.aborted) await clock.sleep(PATIENCE_AT_STOP_MS, ended.signal);
    over.abort();
  };
  void last();
  return { over: over.signal, end: () => ended.abort() };
}
