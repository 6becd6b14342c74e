import type { Cause } from '../protocol/index.ts';

/**
 * How somebody outside reaches what is under way, a job or a whole run of them. The first interruption wins; a cancel that comes after it still
 * decides how the job is called in the end; a force is a second, harder word.
 */
export class Control {
  readonly #graceful = new AbortController();
  readonly #canceled = new AbortController();
  readonly #forced = new AbortController();
  #interruption: Interruption | null = null;
  #canceledBy: string | null = null;
  #force: Force | null = null;

  /** Ends the script, runs the cleanup, saves. Saying it again changes nothing. */
  interrupt(interruption: Interruption): void {
    this.#interruption ??= interruption;
    this.#graceful.abort();
    if (!interruption.isCancel || this.#canceledBy !== null) return;
    this.#canceledBy = interruption.by;
    this.#canceled.abort();
  }

  /** Kills everything at once; a cleanup that is owed is skipped, on record. */
  force(force: Force): void {
    if (this.#force !== null) return;
    this.#force = force;
    this.interrupt({ cause: 'canceled', isCancel: true, by: force.by });
    this.#forced.abort();
  }

  get interruption(): Interruption | null {
    return this.#interruption;
  }

  /** Who cancelled it first, whatever had struck before. */
  get canceledBy(): string | null {
    return this.#canceledBy;
  }

  get forced(): Force | null {
    return this.#force;
  }

  /** Aborts at the first interruption, a force included. */
  get interruptSignal(): AbortSignal {
    return this.#graceful.signal;
  }

  /** Aborts at the first cancel. */
  get cancelSignal(): AbortSignal {
    return this.#canceled.signal;
  }

  get forceSignal(): AbortSignal {
    return this.#forced.signal;
  }
}

export interface Interruption {
  readonly cause: Cause;
  /**
   * Somebody wants the job to end: it ends as canceled. False where something struck it; `runner_shutdown` can be either, a runner that is
   * told to stop, or a person who ends a local run.
   */
  readonly isCancel: boolean;
  /** Who or what: `user`, `SIGINT`, `timeout`, `guard`; shown in `EPILOGUE_CANCELED_BY` when the job was cancelled. */
  readonly by: string;
}

export interface Force {
  readonly by: string;
  readonly why: string;
}
