import type { JobRun } from '../job-run.ts';
import { type Deadline, deadlineSignal, usedSince } from './deadline.ts';

/** Interrupts the job when a budget that began at `startedAt` is used up; call it off when the stage is over. */
export function watchTimeout(run: Pick<JobRun, 'clock' | 'control'>, startedAt: number, budgetMs: number): Deadline {
  const watch = deadlineSignal(
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
