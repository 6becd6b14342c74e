import { type Clock, realClock } from '../../../src/base/index.ts';

/** A minute of ours is seconds there, so that leases do not lapse where machines are slow. */
const SLOWNESS = 20;

/** Time as it goes in a campaign, but for what is let pass. */
export function slowedNow(startedAt: number): number {
  return startedAt + Math.floor((realClock.now() - startedAt) / SLOWNESS);
}

/** A slow clock, ahead by what a test lets pass; who sleeps notices, and does so as long as anywhere. */
export class ShiftedClock implements Clock {
  readonly #startedAt: number;
  #aheadMs: number;
  #shifted = new AbortController();

  constructor({ startedAt, aheadMs }: { readonly startedAt: number; readonly aheadMs: number }) {
    this.#startedAt = startedAt;
    this.#aheadMs = aheadMs;
  }

  now(): number {
    return slowedNow(this.#startedAt) + this.#aheadMs;
  }

  monotonic(): number {
    return realClock.monotonic() + this.#aheadMs;
  }

  sinceBoot(): number {
    return realClock.sinceBoot() + this.#aheadMs;
  }

  pass(ms: number): void {
    this.#aheadMs += ms;
    const shifted = this.#shifted;
    this.#shifted = new AbortController();
    shifted.abort();
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const end = this.monotonic() + ms;
    for (let left = ms; left > 0 && !signal?.aborted; left = end - this.monotonic()) {
      const wakers = [this.#shifted.signal, ...(signal === undefined ? [] : [signal])];
      await realClock.sleep(left, AbortSignal.any(wakers));
    }
  }
}
