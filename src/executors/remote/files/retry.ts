import { type Clock, Failure } from '../../../base/index.ts';

/** Of an exec that was cut: a place that cannot be reached at all is waited for by the job's own clock. */
const TRIES = 5;
const PAUSE_MS = 100;

/** What another connection may do better. */
export function isCut(error: unknown): boolean {
  return error instanceof Failure && (error.code === 'reach_cut' || error.code === 'archive_cut');
}

/**
 * Does it anew when it was cut, five times at most.
 * @param act is told how often it was tried before. What it throws other than `reach_cut` and `archive_cut` ends it.
 */
export async function tryAgain<T>(clock: Clock, signal: AbortSignal, act: (tried: number) => Promise<T>): Promise<T> {
  for (let tried = 0; ; tried += 1) {
    try {
      return await act(tried);
    } catch (error) {
      if (!isCut(error) || tried + 1 >= TRIES) throw error;
    }
    await clock.sleep(PAUSE_MS * 4 ** tried, signal);
  }
}
