/** The places for jobs of a process. Whoever has waited longest gets the next one, so that its entries take turns. */
export class Places {
  readonly #concurrent: () => number;
  readonly #waiting: (() => void)[] = [];
  #taken = 0;

  /** @param concurrent may change; places that are taken beyond it stay taken until they are given back */
  constructor(concurrent: () => number) {
    this.#concurrent = concurrent;
  }

  /** One more, whatever the limit says: for a job that is here already. @returns how to give it back, once. */
  claim(): () => void {
    this.#taken += 1;
    let isGivenBack = false;
    return () => {
      if (isGivenBack) return;
      isGivenBack = true;
      this.#taken -= 1;
      this.look();
    };
  }

  /** Waits for a place. @returns how to give it back; null: `signal` aborted before there was one. */
  async take(signal: AbortSignal): Promise<(() => void) | null> {
    while (!signal.aborted) {
      if (this.#taken < this.#concurrent()) return this.claim();
      await this.#next(signal);
    }
    return null;
  }

  /** There may be more places than before. */
  look(): void {
    this.#waiting.shift()?.();
  }

  async #next(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    signal.addEventListener('abort', () => resolve(), { once: true });
    await promise;
    const at = this.#waiting.indexOf(resolve);
    if (at >= 0) this.#waiting.splice(at, 1);
  }
}
