/** Lets at most so many pieces of work run at a time, in the order in which they came. */
export interface Turns {
  take<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves when all that was begun or waits has ended. */
  end(): Promise<void>;
}

export function createTurns(places: number): Turns {
  let free = places;
  const waiting: (() => void)[] = [];
  const ends = new Set<Promise<unknown>>();

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    }
  }

  return {
    take(work) {
      const running = inTurn(work);
      const end: Promise<unknown> = running.catch(() => undefined).finally(() => ends.delete(end));
      ends.add(end);
      return running;
    },
    async end() {
      while (ends.size > 0) await Promise.all(ends);
    },
  };
}
