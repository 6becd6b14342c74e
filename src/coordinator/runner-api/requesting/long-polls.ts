import type { Clock } from '../../../base/index.ts';

/** As GitLab holds a request for work. Shorter than any proxy's patience, and than ours with a silent connection. */
export const LONG_POLL_MS = 50_000;

export interface LongPoll {
  end(): void;
}

/** Ends requests that have waited long enough. All wait equally long, so one timer is enough: that of the first one. */
export class LongPolls {
  readonly #clock: Clock;
  /** When each ends, in that order. */
  readonly #ends = new Map<LongPoll, number>();
  /** Aborts the sleep; null: nobody waits. */
  #timer: AbortController | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(poll: LongPoll): void {
    this.#ends.set(poll, this.#clock.monotonic() + LONG_POLL_MS);
    if (this.#timer !== null) return;
    this.#timer = new AbortController();
    // Over when the last one has left, at the stop of the server, too.
    void this.#endInTurn(this.#timer.signal);
  }

  delete(poll: LongPoll): void {
    this.#ends.delete(poll);
    if (this.#ends.size > 0) return;
    this.#timer?.abort();
    this.#timer = null;
  }

  async #endInTurn(gone: AbortSignal): Promise<void> {
    while (!gone.aborted) {
      const [first] = this.#ends.values();
      await this.#clock.sleep((first ?? 0) - this.#clock.monotonic(), gone);
      const now = this.#clock.monotonic();
      for (const [poll, end] of this.#ends) {
        if (gone.aborted || end > now) break;
        poll.end();
      }
    }
  }
}
