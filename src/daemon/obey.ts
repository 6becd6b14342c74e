import type { Control } from '../runner/index.ts';
import type { JobVerdict } from './wire/job-verdict.ts';
import type { StopOrder } from './wire/stop-order.ts';

/** What a server says of a job, done. */
export function obey(verdict: JobVerdict, control: Control): void {
  if (verdict.kind === 'cancel') cancelJob(control, verdict.order);
  if (verdict.kind === 'gone') dropJob(control, verdict.order);
}

export function cancelJob(control: Control, { cause, by }: StopOrder): void {
  control.interrupt({ cause, isCancel: cause === 'canceled' || cause === 'superseded', by });
}

/**
 * The job is no longer this runner's. Its script ends, and the cleanup that is owed runs here all the same: whoever took the job away may not know that one is.
 * Only a person's force skips it.
 */
export function dropJob(control: Control, order: StopOrder): void {
  if (order.isForced) control.force({ by: order.by, why: 'the job was forced at the coordinator' });
  else cancelJob(control, order);
}
