/** All the time that one search may take. A usual expression takes a second for 10 MB and more. */
const MOST_MS = 500;
/** Then others have their turn. */
const SLICE_MS = 10;

export interface Pace {
  /** Monotonic, ms. */
  readonly now: () => number;
  /** Resolves when others have had their turn. */
  readonly giveWay: () => Promise<void>;
}

/** Keeps work of many small steps from holding up everybody else, and says when it takes too long. Time in between, for reading, is not counted. */
export class SearchPace {
  readonly #pace: Pace;
  #spentMs = 0;
  #since = 0;

  constructor(pace: Pace) {
    this.#pace = pace;
  }

  begin(): void {
    this.#since = this.#pace.now();
  }

  /** To be asked after each step; then it is time for `next`. */
  isDue(): boolean {
    return this.#pace.now() - this.#since >= SLICE_MS;
  }

  /** False: the time is up. */
  async next(): Promise<boolean> {
    if (!this.end()) return false;
    await this.#pace.giveWay();
    this.begin();
    return true;
  }

  /** False: the time is up. */
  end(): boolean {
    this.#spentMs += this.#pace.now() - this.#since;
    return this.#spentMs <= MOST_MS;
  }
}
