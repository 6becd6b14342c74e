import type { Clock } from '../../base/index.ts';

/** A clock that stands still until a test moves it. Sleepers wake when their time has come. */
export class TestClock implements Clock {
  #now: number;
  readonly #start: number;
  readonly #sleepers = new Set<{ readonly at: number; readonly wake: () => void }>();

  constructor(now: number) {
    this.#now = now;
    this.#start = now;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now - this.#start;
  }

  sinceBoot(): number {
    return this.monotonic();
  }

  /** Lets time pass. */
  pass(ms: number): void {
    this.#now += ms;
    for (const sleeper of [...this.#sleepers]) if (sleeper.at <= this.#now) sleeper.wake();
  }

  /** For how long each sleeper will sleep on, in ms. */
  asleep(): readonly number[] {
    return [...this.#sleepers].map(({ at }) => at - this.#now);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (ms <= 0 || signal?.aborted) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const sleeper = {
      at: this.#now + ms,
      wake: () => {
        this.#sleepers.delete(sleeper);
        signal?.removeEventListener('abort', sleeper.wake);
        resolve();
      },
    };
    this.#sleepers.add(sleeper);
    signal?.addEventListener('abort', sleeper.wake, { once: true });
    return promise;
  }
}
