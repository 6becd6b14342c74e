/**
 * Runs pieces of work of one key one after the other, in the order in which they came; those of different keys beside each other. Whoever has waited
 * for `patienceMs` goes ahead all the same.
 */
export type Lines = <T>(key: number, work: () => Promise<T>) => Promise<T>;

export function createLines(patienceMs: number): Lines {
  const last = new Map<number, Promise<unknown>>();
  return async (key, work) => {
    const before = last.get(key);
    const running = before === undefined ? work() : overOrLate(before, patienceMs).then(work);
    last.set(key, running);
    try {
      return await running;
    } finally {
      if (last.get(key) === running) last.delete(key);
    }
  };
}

function overOrLate(before: Promise<unknown>, patienceMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  // What is waited for is the database, whose time no clock of ours decides.
  const timer = setTimeout(resolve, patienceMs);
  before.then(
    () => resolve(),
    () => resolve(),
  );
  return promise.finally(() => clearTimeout(timer));
}
