import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../src/base/index.ts';

/** Turns of the event loop without a new sleep after which everybody is taken to be waiting. */
const QUIET_TURNS = 20;

/** A clock that jumps to the next moment somebody sleeps for as soon as everybody does. Hours pass in milliseconds. */
export class AutoClock implements Clock {
  #now: number;
  readonly #sleepers = new Set<{ readonly at: number; readonly wake: () => void }>();
  #turns = 0;
  #isTicking = false;

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (ms <= 0 || signal?.aborted) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const sleeper = {
      at: this.#now + ms,
      wake: () => {
        this.#sleepers.delete(sleeper);
        resolve();
      },
    };
    this.#sleepers.add(sleeper);
    signal?.addEventListener('abort', sleeper.wake, { once: true });
    this.#turns = 0;
    void this.#tick();
    return promise;
  }

  async #tick(): Promise<void> {
    if (this.#isTicking) return;
    this.#isTicking = true;
    while (this.#sleepers.size > 0) {
      await setImmediate();
      this.#turns += 1;
      if (this.#turns < QUIET_TURNS) continue;
      this.#turns = 0;
      this.#now = Math.max(this.#now, Math.min(...[...this.#sleepers].map((sleeper) => sleeper.at)));
      for (const sleeper of [...this.#sleepers]) if (sleeper.at <= this.#now) sleeper.wake();
    }
    this.#isTicking = false;
  }
}
