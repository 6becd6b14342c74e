import type { Clock } from '../../base/index.ts';

/** Rings for all that wait, and for those that begin to wait in the same moment as they look: `heard` is asked for before. */
export class Bell {
  #ring = new AbortController();

  /** Aborts at the next ring. */
  get heard(): AbortSignal {
    return this.#ring.signal;
  }

  ring(): void {
    const rung = this.#ring;
    this.#ring = new AbortController();
    rung.abort();
  }
}

/** Until one of the signals aborts, `ms` at most. */
export function restUntil(clock: Clock, ms: number, signals: readonly AbortSignal[]): Promise<void> {
  return clock.sleep(ms, AbortSignal.any([...signals]));
}
