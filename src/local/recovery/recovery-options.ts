import type { Clock } from '../../base/index.ts';
import type { Executor } from '../../executors/index.ts';
import type { Control, Holder, JobRecord } from '../../runner/index.ts';
import type { RunEvent } from '../run-event.ts';

/** How runs that died are recovered. */
export interface RecoveryOptions {
  readonly by: Exclude<Holder['role'], 'runner' | 'finish'>;
  /** An executor as the job of this record began with. */
  readonly executorFor: (record: Pick<JobRecord, 'shell' | 'environment' | 'settings'>) => Executor;
  readonly clock: Clock;
  readonly version: string;
  readonly emit: (event: RunEvent) => void;
  readonly control: Control;
  /** Wait for whoever else is at work on the same obligation, or only say so. */
  readonly wait: boolean;
}

export function say(
  { emit, clock }: Pick<RecoveryOptions, 'emit' | 'clock'>,
  level: 'info' | 'warning' | 'error',
  text: string,
): void {
  emit({ type: 'message', at: clock.now(), level, text });
}
