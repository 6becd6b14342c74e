import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../src/base/index.ts';

/** Turns of the event loop without a new sleep after which everybody is taken to be waiting. */
const QUIET_TURNS = 20;

/** A clock that goes on to the next moment somebody sleeps for as soon as everybody does. Hours pass in milliseconds. */
export class AutoClock implements Clock {
  /** What the wall clock showed when `monotonic` was 0. */
  #epoch: number;
  #elapsed = 0;
  #suspended = 0;
  readonly #sleepers = new Set<{ readonly at: number; readonly wake: () => void }>();
  #turns = 0;
  #isTicking = false;

  constructor(now: number) {
    this.#epoch = now;
  }

  now(): number {
    return this.#epoch + this.#elapsed;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  sinceBoot(): number {
    return this.#elapsed + this.#suspended;
  }

  /** The machine is suspended for so long; nothing notices while it lasts. */
  suspend(ms: number): void {
    this.#suspended += ms;
    this.#epoch += ms;
  }

  /** Sets the wall clock forward, or back; sleepers do not notice. */
  jump(ms: number): void {
    this.#epoch += ms;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (ms <= 0 || signal?.aborted) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const sleeper = {
      at: this.#elapsed + ms,
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
      this.#elapsed = Math.max(this.#elapsed, Math.min(...[...this.#sleepers].map((sleeper) => sleeper.at)));
      for (const sleeper of [...this.#sleepers]) if (sleeper.at <= this.#elapsed) sleeper.wake();
    }
    this.#isTicking = false;
  }
}
