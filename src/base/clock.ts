import { uptime } from 'node:os';

/** Time is handed in, so that tests decide what time it is. Instants are UTC milliseconds since 1970. */
export interface Clock {
  /** The wall clock, for what is written down or outlives this process. It can jump either way; check instants that are read back. */
  now(): number;
  /**
   * Ms from an unknown start; never jumps. On Linux the same for all processes on the machine, from its start on, and it stands still while the machine is suspended:
   * for what has had its time only when it could run, also across processes.
   */
  monotonic(): number;
  /**
   * Ms since the machine was started, the same for all processes on it; nobody can set it. On Linux it goes on while the machine is suspended.
   * For times that count whether anything could run or not.
   */
  sinceBoot(): number;
  /** Resolves after `ms` of `monotonic`, or early (never rejects) when `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Node fires longer timers at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const realClock: Clock = {
  now: Date.now,
  monotonic() {
    const [s, ns] = process.hrtime();
    return s * 1000 + ns / 1_000_000;
  },
  sinceBoot: () => Math.round(uptime() * 1000),
  async sleep(ms, signal) {
    for (let left = ms; left > 0 && !signal?.aborted; left -= LONGEST_TIMER_MS) {
      await sleepOnce(Math.min(left, LONGEST_TIMER_MS), signal);
    }
  },
};

function sleepOnce(ms: number, signal: AbortSignal | undefined): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(done, ms);
  signal?.addEventListener('abort', done, { once: true });
  function done(): void {
    clearTimeout(timer);
    signal?.removeEventListener('abort', done);
    resolve();
  }
  return promise;
}
