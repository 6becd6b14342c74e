/** Runs what has the same key one after the other. Nothing is kept of keys that nobody uses. */
export class TurnsByKey {
  readonly #last = new Map<number, Promise<unknown>>();

  async take<T>(key: number, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#last.set(key, mine);
    try {
      return await mine;
    } finally {
      if (this.#last.get(key) === mine) this.#last.delete(key);
    }
  }
}
