import type { JobRun } from '../job-run.ts';
import { type Deadline, sleeplessDeadline, usedSince } from './deadline.ts';

/**
 * Interrupts the job when a budget that began at `startedAt` is used up; call it off when the stage is over. Time in which the machine was suspended counts, as it does for
 * the server, and for whoever takes the job over.
 */
export function watchTimeout(run: Pick<JobRun, 'clock' | 'control'>, startedAt: number, budgetMs: number): Deadline {
  const watch = sleeplessDeadline(
    run.clock,
    Math.max(0, budgetMs - usedSince(run.clock, startedAt)),
    run.control.forceSignal,
  );
  watch.signal.addEventListener(
    'abort',
    () => run.control.interrupt({ cause: 'timed_out', isCancel: false, by: 'timeout' }),
    {
      once: true,
    },
  );
  return watch;
}
