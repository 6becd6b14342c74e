import type { Clock } from '../../base/index.ts';

/** One alarm a job: a later one replaces it. */
export class Alarms {
  readonly #clock: Clock;
  readonly #set = new Map<number, AbortController>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `at`: UTC ms; what lies in the past rings at once, in a turn of its own. */
  set(job: number, at: number, ring: () => void): void {
    this.clear(job);
    const calledOff = new AbortController();
    this.#set.set(job, calledOff);
    void this.#clock.sleep(Math.max(0, at - this.#clock.now()), calledOff.signal).then(() => {
      if (!calledOff.signal.aborted) ring();
    });
  }

  clear(job: number): void {
    this.#set.get(job)?.abort();
    this.#set.delete(job);
  }
}
