/** Lets at most `limit` pieces of work run at once, in the order they were put in; each starts as soon as there is room. */
export class ReadyQueue {
  readonly #limit: number;
  readonly #waiting: (() => Promise<void>)[] = [];
  #running = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The work must not reject. It starts once its putter has finished what it is doing. */
  put(work: () => Promise<void>): void {
    this.#waiting.push(work);
    queueMicrotask(() => this.#startNext());
  }

  #startNext(): void {
    if (this.#running >= this.#limit) return;
    const work = this.#waiting.shift();
    if (work === undefined) return;
    this.#running += 1;
    void work().finally(() => {
      this.#running -= 1;
      this.#startNext();
    });
  }
}
