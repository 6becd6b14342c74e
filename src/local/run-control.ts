export type InterruptSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** What a shell reports for a process that ended by this signal. */
export const SIGNAL_EXIT_CODES: Readonly<Record<InterruptSignal, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };
export const FORCED_EXIT_CODE = 137;

/** How the command line reaches a run: the first signal asks for a graceful end, a second one forces it. */
export class RunControl {
  readonly #graceful = new AbortController();
  readonly #forced = new AbortController();
  #signal: InterruptSignal | null = null;
  #forcedBy: InterruptSignal | null = null;

  interrupt(signal: InterruptSignal): void {
    if (this.#signal === null) {
      this.#signal = signal;
      this.#graceful.abort();
    } else if (this.#forcedBy === null) {
      this.#forcedBy = signal;
      this.#forced.abort();
    }
  }

  /** The first signal. */
  get signal(): InterruptSignal | null {
    return this.#signal;
  }

  /** The second signal. */
  get forcedBy(): InterruptSignal | null {
    return this.#forcedBy;
  }

  get gracefulSignal(): AbortSignal {
    return this.#graceful.signal;
  }

  get forceSignal(): AbortSignal {
    return this.#forced.signal;
  }
}
