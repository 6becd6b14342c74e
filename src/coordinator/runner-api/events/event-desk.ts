import { describeError } from '../../../base/index.ts';
import { findAttempt, type Hint } from '../../../store/index.ts';
import type { Parts } from '../../parts.ts';

/** One attempt of a job. */
export interface AttemptName {
  readonly jobId: number;
  readonly attempt: number;
}

/** `look`: something may have been missed. `work`: there may be a job. `release`: it may have been released from quarantine. `attempts`: their runner may have something to hear. */
export interface News {
  readonly look: boolean;
  readonly work: boolean;
  readonly release: boolean;
  readonly attempts: readonly AttemptName[];
}

/** One manager of a runner that listens. */
export interface Seat {
  /** What came since the last call; null: nothing for so long, or `signal` has aborted. */
  next(ms: number, signal: AbortSignal): Promise<News | null>;
  ringForWork(): void;
  /** Aborts when the same manager sits down again: it has lost this connection, whether we know it or not. */
  readonly replaced: AbortSignal;
  leave(): void;
}

/** Who listens on this replica, and which of them a hint is for. */
export interface EventDesk {
  /** Null: too many managers of this runner listen. The first news is `look`. */
  sit(runnerId: number, managerId: number): Seat | null;
}

/** A seat that has so much to hear is told to look at everything. */
const MOST_ATTEMPTS = 1_000;

/** It listens as long as the store is open. @param mostPerRunner managers under one token */
export function openEventDesk(parts: Parts, mostPerRunner: number): EventDesk {
  const seats = new Map<number, OpenSeat>();
  const counts = new Map<number, number>();
  const lookAll = (): void => {
    for (const seat of seats.values()) seat.tellToLook();
  };
  const pass = async ({ id, value }: Hint): Promise<void> => {
    const attempt = await parts.store.read((db) => findAttempt(db, id, value));
    if (attempt?.managerId != null) seats.get(attempt.managerId)?.tell({ jobId: id, attempt: value });
  };
  const hear = (hint: Hint | 'look'): void => {
    if (seats.size === 0) return;
    if (hint === 'look') lookAll();
    else
      pass(hint).catch((error: unknown) => {
        parts.log.warn({ job: hint.id, error: describeError(error) }, 'cannot see whose runner a hint is for');
        lookAll();
      });
  };
  parts.store.subscribe('stop', hear);
  parts.store.subscribe('watch', hear);
  // A runner that has missed this asks, every few seconds, as long as it is in quarantine.
  parts.store.subscribe('release', (hint) => {
    if (hint !== 'look') seats.get(hint.id)?.tellOfRelease();
  });
  return {
    sit(runnerId, managerId) {
      const before = seats.get(managerId);
      if (before === undefined && (counts.get(runnerId) ?? 0) >= mostPerRunner) return null;
      before?.replace();
      if (before === undefined) counts.set(runnerId, (counts.get(runnerId) ?? 0) + 1);
      const seat: OpenSeat = new OpenSeat(parts, () => {
        if (seats.get(managerId) !== seat) return;
        seats.delete(managerId);
        const left = (counts.get(runnerId) ?? 1) - 1;
        if (left > 0) counts.set(runnerId, left);
        else counts.delete(runnerId);
      });
      seats.set(managerId, seat);
      return seat;
    },
  };
}

class OpenSeat implements Seat {
  readonly leave: () => void;
  readonly #clock: Parts['clock'];
  readonly #replaced = new AbortController();
  #attempts = new Map<string, AttemptName>();
  #look = true;
  #work = false;
  #release = false;
  #wake: () => void = () => {};

  constructor({ clock }: Pick<Parts, 'clock'>, leave: () => void) {
    this.#clock = clock;
    this.leave = leave;
  }

  get replaced(): AbortSignal {
    return this.#replaced.signal;
  }

  replace(): void {
    this.#replaced.abort();
  }

  tell(name: AttemptName): void {
    this.#attempts.set(`${name.jobId} ${name.attempt}`, name);
    if (this.#attempts.size > MOST_ATTEMPTS) this.tellToLook();
    else this.#wake();
  }

  tellToLook(): void {
    this.#look = true;
    this.#attempts.clear();
    this.#wake();
  }

  tellOfRelease(): void {
    this.#release = true;
    this.#wake();
  }

  ringForWork(): void {
    this.#work = true;
    this.#wake();
  }

  async next(ms: number, signal: AbortSignal): Promise<News | null> {
    if (!this.#hasNews() && !signal.aborted) {
      const woken = new AbortController();
      this.#wake = () => woken.abort();
      await this.#clock.sleep(ms, AbortSignal.any([woken.signal, signal]));
      this.#wake = () => {};
    }
    if (signal.aborted || !this.#hasNews()) return null;
    const attempts = [...this.#attempts.values()];
    const news = { look: this.#look, work: this.#work, release: this.#release, attempts };
    [this.#look, this.#work, this.#release, this.#attempts] = [false, false, false, new Map()];
    return news;
  }

  #hasNews(): boolean {
    return this.#look || this.#work || this.#release || this.#attempts.size > 0;
  }
}
