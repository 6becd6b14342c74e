import type { Clock } from '../../base/index.ts';

/** Instants are UTC milliseconds. */
export type PipelineClock = Pick<Clock, 'now' | 'sleep'>;

/**
 * The time of one pipeline: it shows what the wall clock shows when the pipeline begins, and never jumps from there. So what was due at an
 * instant is due once the time until then has passed, although somebody has set the machine's clock back meanwhile.
 */
export function pipelineClock(clock: Clock): PipelineClock {
  const [start, begun] = [clock.now(), clock.monotonic()];
  return {
    now: () => start + Math.floor(clock.monotonic() - begun),
    sleep: (ms, signal) => clock.sleep(ms, signal),
  };
}
