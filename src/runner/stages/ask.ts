import type { JobRun } from '../job-run.ts';

/**
 * Waits for the answer of a port as long as `signal` lets it: a port that overlooks the signal, or a network that does, holds nothing up.
 * @throws what the port throws; the signal's reason once it has aborted.
 */
export async function ask<T>(signal: AbortSignal, question: (signal: AbortSignal) => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  const answer = question(signal);
  try {
    return await Promise.race([answer, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
    // Of an answer that comes too late nobody wants to know.
    answer.catch(() => {});
  }
}

/** A port that heeds its signal needs milliseconds; for one that does not, no cleanup waits longer than this. */
const LET_GO_MS = 5_000;

/**
 * As `ask`, of a port that works in the project directory: once `signal` has aborted it is given a moment to let go, and to take back what
 * it has begun; a force grants none. The cleanup may be next to work there.
 */
export async function askToWork(
  { clock, control }: JobRun,
  signal: AbortSignal,
  question: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  let settled: Promise<void> = Promise.resolve();
  try {
    await ask(signal, (given) => {
      const answer = question(given);
      settled = answer.catch(() => {});
      return answer;
    });
  } catch (error) {
    const hasLetGo = new AbortController();
    const enough = AbortSignal.any([hasLetGo.signal, control.forceSignal]);
    await Promise.race([settled, clock.sleep(LET_GO_MS, enough)]);
    hasLetGo.abort();
    throw error;
  }
}
