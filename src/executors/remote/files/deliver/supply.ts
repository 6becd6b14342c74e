/** Items of a source that can be read once, given out again to whoever could not do with them what was to be done. */
export interface Supply<T> {
  /** null: there are no more. @throws what the source throws, from then on again and again */
  next(): Promise<T | null>;
  /** Begins anew with what was given since the last `settle`. */
  again(): void;
  /** What was given is done with, but for the last one, where that is to be given again. */
  settle(keepLast: boolean): void;
  /** The source is left, as at the end of a `for await`. */
  close(): Promise<void>;
}

export function createSupply<T>(source: AsyncIterable<T>): Supply<T> {
  const items = source[Symbol.asyncIterator]();
  let taken: T[] = [];
  let at = 0;
  let broken: { readonly error: unknown } | null = null;

  async function pull(): Promise<T | null> {
    if (broken !== null) throw broken.error;
    try {
      const { value, done } = await items.next();
      return done ? null : value;
    } catch (error) {
      // Asked again, a generator would say that it has no more.
      broken = { error };
      throw error;
    }
  }

  return {
    async next() {
      if (at === taken.length) {
        const item = await pull();
        if (item === null) return null;
        taken.push(item);
      }
      at += 1;
      return taken[at - 1] ?? null;
    },
    again() {
      at = 0;
    },
    settle(keepLast) {
      taken = keepLast ? taken.slice(-1) : [];
      at = 0;
    },
    async close() {
      await items.return?.();
    },
  };
}
