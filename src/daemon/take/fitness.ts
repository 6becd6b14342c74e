const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

export interface FitnessOptions {
  /** Why no job can be done here now, whoever has one; null: one can. */
  readonly whyUnfit: () => string | null;
  readonly name: () => string;
  readonly inform: (text: string) => void;
  readonly warn: (text: string) => void;
}

/** Whether jobs can be done here. Who asks for jobs all the same takes one after the other from those that could do them. */
export class Fitness {
  readonly #options: FitnessOptions;
  #pauseMs = FIRST_PAUSE_MS;

  constructor(options: FitnessOptions) {
    this.#options = options;
  }

  /** Tries it, and says what has changed. @returns ms until it is tried again; 0: jobs can be done */
  restMs(): number {
    const { whyUnfit, name, inform, warn } = this.#options;
    const why = whyUnfit();
    const wasFit = this.#pauseMs === FIRST_PAUSE_MS;
    if (why === null) {
      if (!wasFit) inform(`${name()}: takes jobs again`);
      this.#pauseMs = FIRST_PAUSE_MS;
      return 0;
    }
    if (wasFit) warn(`${name()}: takes no jobs for now: ${why}`);
    const restMs = this.#pauseMs;
    this.#pauseMs = Math.min(restMs * 2, LONGEST_PAUSE_MS);
    return restMs;
  }
}
