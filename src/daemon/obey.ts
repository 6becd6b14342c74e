import type { Control } from '../runner/index.ts';
import type { JobVerdict } from './wire/job-verdict.ts';
import type { StopOrder } from './wire/stop-order.ts';

/** What a coordinator says of a job, done. */
export function obey(verdict: JobVerdict, control: Control): void {
  if (verdict.kind === 'cancel') cancelJob(control, verdict.order);
  if (verdict.kind === 'gone') dropJob(control, verdict.order);
}

export function cancelJob(control: Control, { cause, by }: StopOrder): void {
  control.interrupt({ cause, isCancel: cause !== 'timed_out', by });
}

/** Nobody hears of what the job does from now on: whoever has it, or ended it, answers for its cleanup. */
export function dropJob(control: Control, { by }: StopOrder): void {
  control.force({ by, why: 'the job is over for the coordinator' });
}
