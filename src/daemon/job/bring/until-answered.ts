import { type Clock, Failure } from '../../../base/index.ts';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

/** Asks again, in growing pauses, until there is an answer. @throws what `action` throws: `coordinator_unreachable` once `signal` has aborted, anything else at once */
export async function untilAnswered<T>(
  clock: Pick<Clock, 'sleep'>,
  signal: AbortSignal,
  action: () => Promise<T>,
): Promise<T> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await action();
    } catch (error) {
      const isPassing = error instanceof Failure && error.code === 'coordinator_unreachable';
      if (!isPassing || signal.aborted) throw error;
    }
    await clock.sleep(pauseMs, signal);
  }
}
