/** How this process is told to stop. Words only get stronger. */
export class Shutdown {
  readonly #drained = new AbortController();
  readonly #tornDown = new AbortController();

  /** Takes no more jobs; those that run go on to their end. */
  drain(): void {
    this.#drained.abort();
  }

  /** Takes no more jobs; those that run are torn down, their cleanup included. */
  tearDown(): void {
    this.#drained.abort();
    this.#tornDown.abort();
  }

  /** No more jobs. */
  get noMoreJobs(): AbortSignal {
    return this.#drained.signal;
  }

  /** Every job is to be torn down. */
  get tornDown(): AbortSignal {
    return this.#tornDown.signal;
  }
}
