import { type HearOptions, hearEvents } from './hear-events.ts';
import { Bell } from './take/bell.ts';

type HearingOptions = Pick<HearOptions, 'server' | 'token' | 'systemId' | 'clock' | 'onRelease'>;
type HeardJobs = Pick<HearOptions, 'jobs' | 'warn'>;

/** The stream of events, from when the coordinator is known to have one until the last job has ended. */
export class Hearing {
  readonly #options: HearingOptions;
  readonly #context: HeardJobs;
  readonly #ended = new AbortController();
  readonly #waking = new Bell();
  #hearing: Promise<void> | null = null;
  #rung = new AbortController();

  constructor(options: HearingOptions, context: HeardJobs) {
    this.#options = options;
    this.#context = context;
  }

  /** Begins, unless it has begun. */
  hear(): void {
    const { jobs, warn } = this.#context;
    this.#hearing ??= hearEvents({
      ...{ ...this.#options, jobs, warn, signal: this.#ended.signal },
      onWork: () => this.#rung.abort(),
      woken: () => this.woken,
    });
  }

  /** What is under way may never be answered: it is given up, and begun anew. */
  wake(): void {
    this.#waking.ring();
  }

  /** Aborts at the next `wake`. */
  get woken(): AbortSignal {
    return this.#waking.heard;
  }

  /** Word of work from now on is heard by `expected`, before a request or after it. */
  expect(): void {
    if (this.#rung.signal.aborted) this.#rung = new AbortController();
  }

  /** Aborts when there may be work. */
  get expected(): AbortSignal {
    return this.#rung.signal;
  }

  async end(): Promise<void> {
    this.#ended.abort();
    await this.#hearing;
  }
}
