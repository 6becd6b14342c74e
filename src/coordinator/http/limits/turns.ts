/**
 * So many things at a time, and so many more that wait for their turn; whoever comes then is told at once that it is too busy. Without a bound a
 * flood would wait for ever longer, and everybody with it.
 */
export class Turns {
  readonly #atOnce: number;
  readonly #mostWaiting: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor({ atOnce, mostWaiting }: { readonly atOnce: number; readonly mostWaiting: number }) {
    this.#atOnce = atOnce;
    this.#mostWaiting = mostWaiting;
  }

  get isFull(): boolean {
    return this.#running >= this.#atOnce && this.#waiting.length >= this.#mostWaiting;
  }

  get isIdle(): boolean {
    return this.#running === 0;
  }

  /**
   * Not asked whether it is full: that is for the caller, before they do anything else.
   * @param signal gives the place of one that waits away; what has begun goes on
   * @throws the signal's reason
   */
  async take<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.#running < this.#atOnce) this.#running += 1;
    else await this.#turn(signal);
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      // The place goes from hand to hand.
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }

  async #turn(signal?: AbortSignal): Promise<void> {
    const turn = Promise.withResolvers<void>();
    const leave = (): void => {
      const at = this.#waiting.indexOf(turn.resolve);
      if (at < 0) return;
      this.#waiting.splice(at, 1);
      turn.reject(signal?.reason);
    };
    signal?.throwIfAborted();
    this.#waiting.push(turn.resolve);
    signal?.addEventListener('abort', leave, { once: true });
    try {
      await turn.promise;
    } finally {
      signal?.removeEventListener('abort', leave);
    }
  }
}
