import { isExecuting } from '../../protocol/index.ts';
import type { Trigger } from './job-event.ts';
import type { JobState } from './job-state.ts';

type Due = Extract<Trigger, 'start_due' | 'lease_lapsed' | 'deadline_passed'>;

/** When the job next needs a `tick`, UTC ms; null when only an event can move it. */
export function nextDue(job: JobState): number | null {
  if (job.status === 'scheduled') return job.startAt;
  if (!isExecuting(job.status)) return null;
  if (job.leaseUntil === null) return job.deadline;
  return job.deadline === null ? job.leaseUntil : Math.min(job.leaseUntil, job.deadline);
}

/**
 * What a tick at `now` means. When lease and deadline are both over, a script is lost with its runner (there is nobody left to
 * ask for a teardown), while a teardown is simply over.
 */
export function whatIsDue(job: JobState, now: number): Due | null {
  if (job.status === 'scheduled') return isOver(job.startAt, now) ? 'start_due' : null;
  if (!isExecuting(job.status)) return null;
  const deadlinePassed = isOver(job.deadline, now);
  if (deadlinePassed && job.phase === 'teardown') return 'deadline_passed';
  if (isOver(job.leaseUntil, now)) return 'lease_lapsed';
  return deadlinePassed ? 'deadline_passed' : null;
}

function isOver(instant: number | null, now: number): boolean {
  return instant !== null && instant <= now;
}
