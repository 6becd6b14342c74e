import { isIPv6 } from 'node:net';
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
    const window = this.#windows.get(counted(key));
    const left = window === undefined ? 0 : window.until - this.#clock.monotonic();
    return window === undefined || left <= 0 || window.failures < this.#most ? 0 : left / 1000;
  }

  failed(given: string): void {
    const key = counted(given);
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

  /** What was counted as a failure beforehand was none; others that were stay counted. */
  takeBack(key: string): void {
    const window = this.#windows.get(counted(key));
    if (window !== undefined && window.failures > 0) window.failures -= 1;
  }

  succeeded(key: string): void {
    this.#windows.delete(counted(key));
  }
}

/** Of an IPv6 address the network: whoever has one has 2^64 addresses in it. */
function counted(key: string): string {
  if (!isIPv6(key) || key.includes('.')) return key;
  const [head = '', tail] = (key.split('%')[0] ?? '').split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  const groups = [...left, ...Array<string>(zeros).fill('0'), ...right];
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
