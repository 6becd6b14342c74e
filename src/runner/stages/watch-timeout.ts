import type { Clock } from '../../base/index.ts';
import type { JobRun } from '../job-run.ts';
import { type Deadline, sleeplessDeadline, usedSince } from './deadline.ts';

/** When a budget began. */
interface Begun {
  /** UTC ms. */
  readonly at: number;
  /** As `Clock.sinceBoot` said it; null: nobody wrote it down. */
  readonly bootMs: number | null;
}

/** Now, where the journal does not say. */
export function acceptedOf({ journal, clock }: Pick<JobRun, 'journal' | 'clock'>): Begun {
  const { acceptedAt, acceptedBootMs } = journal.progress;
  return acceptedAt === null ? nowOf(clock) : { at: acceptedAt, bootMs: acceptedBootMs };
}

export function nowOf(clock: Clock): Begun {
  return { at: clock.now(), bootMs: clock.sinceBoot() };
}

/**
 * Interrupts the job when a budget is used up; call it off when the stage is over. Time in which the machine was suspended counts, as it does for
 * the server, and for whoever takes the job over.
 */
export function watchTimeout(run: Pick<JobRun, 'clock' | 'control'>, begun: Begun, budgetMs: number): Deadline {
  const watch = sleeplessDeadline(
    run.clock,
    Math.max(0, budgetMs - usedSince(run.clock, begun.at, begun.bootMs)),
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
