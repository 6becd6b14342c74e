import type { PipelineClock } from './pipeline-clock.ts';

/** One alarm a job: a later one replaces it. */
export class Alarms {
  readonly #clock: PipelineClock;
  readonly #set = new Map<number, AbortController>();

  constructor(clock: PipelineClock) {
    this.#clock = clock;
  }

  /** `at`: UTC ms; what lies in the past rings at once, in a turn of its own. Never rings early: nobody would ring again. */
  set(job: number, at: number, ring: () => void): void {
    this.clear(job);
    const calledOff = new AbortController();
    this.#set.set(job, calledOff);
    void this.#reach(at, calledOff.signal).then(() => {
      if (!calledOff.signal.aborted) ring();
    });
  }

  clear(job: number): void {
    this.#set.get(job)?.abort();
    this.#set.delete(job);
  }

  /** Timers count whole milliseconds of another clock: one in twenty ends a millisecond before `now` has got there. */
  async #reach(at: number, signal: AbortSignal): Promise<void> {
    do await this.#clock.sleep(Math.max(0, at - this.#clock.now()), signal);
    while (this.#clock.now() < at && !signal.aborted);
  }
}
