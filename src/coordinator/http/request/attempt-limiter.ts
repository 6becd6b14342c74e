import type { Clock } from '../../../base/index.ts';

/** Addresses that are remembered at once; beyond that the oldest is forgotten. */
const MOST_KEYS = 10_000;

/** Counts what fails, by address say, so that nobody tries out passwords or tokens. In memory: each replica counts for itself. */
export class AttemptLimiter {
  readonly #clock: Clock;
  readonly #most: number;
  readonly #windowMs: number;
  readonly #windows = new Map<string, { readonly until: number; failures: number }>();

  /** @param most failures in a window that begins with the first. */
  constructor(clock: Clock, most: number, windowMs: number) {
    this.#clock = clock;
    this.#most = most;
    this.#windowMs = windowMs;
  }

  /** Seconds until this key may try again; 0: now. */
  waitSeconds(key: string): number {
    const window = this.#windows.get(key);
    const left = window === undefined ? 0 : window.until - this.#clock.monotonic();
    return window === undefined || left <= 0 || window.failures < this.#most ? 0 : left / 1000;
  }

  failed(key: string): void {
    const now = this.#clock.monotonic();
    const window = this.#windows.get(key);
    if (window !== undefined && window.until > now) {
      window.failures += 1;
      return;
    }
    this.#windows.delete(key);
    this.#windows.set(key, { until: now + this.#windowMs, failures: 1 });
    const oldest = this.#windows.size > MOST_KEYS ? this.#windows.keys().next() : null;
    if (oldest?.value !== undefined) this.#windows.delete(oldest.value);
  }

  succeeded(key: string): void {
    this.#windows.delete(key);
  }
}
