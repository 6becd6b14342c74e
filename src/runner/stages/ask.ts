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
