import { type Clock, realClock } from '../../../src/base/index.ts';

/** The machine's clock, ahead by what a test lets pass; who sleeps notices. */
export class ShiftedClock implements Clock {
  #aheadMs: number;
  #shifted = new AbortController();

  constructor(aheadMs: number) {
    this.#aheadMs = aheadMs;
  }

  now(): number {
    return realClock.now() + this.#aheadMs;
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
