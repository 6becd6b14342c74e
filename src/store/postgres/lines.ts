/** Runs pieces of work of one key one after the other, in the order in which they came; those of different keys beside each other. */
export type Lines = <T>(key: number, work: () => Promise<T>) => Promise<T>;

export function createLines(): Lines {
  const last = new Map<number, Promise<unknown>>();
  return async (key, work) => {
    const before = last.get(key);
    const running = before === undefined ? work() : before.then(work, work);
    last.set(key, running);
    try {
      return await running;
    } finally {
      if (last.get(key) === running) last.delete(key);
    }
  };
}
