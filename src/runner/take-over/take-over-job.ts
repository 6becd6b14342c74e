import type { Clock } from '../../base/index.ts';
import type { Executor } from '../../executors/index.ts';
import { Control } from '../control.ts';
import type { JobPorts } from '../job-ports.ts';
import type { JobRecord } from '../journal/job-record.ts';
import type { JobResult } from '../journal/move.ts';
import { runJob } from '../run-job.ts';

export interface TakeOverOptions {
  readonly directory: string;
  readonly projectDir: string;
  /** As the journal has it. */
  readonly record: JobRecord;
  /** An executor like the one that the job began with. */
  readonly executorFor: (record: JobRecord) => Executor;
  readonly clock: Clock;
  /** Who takes over; the job's log names it. */
  readonly by: string;
  /** How the recovery is reached. Only a force reaches the job, and skips what it owes, on record. */
  readonly control: Control;
  readonly ports: JobPorts;
  readonly version: string;
  readonly keep: boolean;
}

/**
 * Goes on with a job whose runner died, the lock of its journal being ours: stops what still runs, runs the cleanup that is owed,
 * keeps log and artifacts. Null: the job was never accepted. A job that ended before answers its result at once.
 * @throws Failure when that cannot be done now; it stays on the books.
 */
export async function takeOverJob(options: TakeOverOptions): Promise<JobResult | null> {
  const { record, executorFor, by } = options;
  const { forceSignal } = options.control;
  const control = new Control();
  control.interrupt({ cause: 'runner_lost', isCancel: false, by });
  const force = () => control.force({ by: options.control.forced?.by ?? 'signal', why: 'forced while recovering' });
  if (forceSignal.aborted) force();
  forceSignal.addEventListener('abort', force, { once: true });
  try {
    const { environment, shell } = record;
    return await runJob({ ...options, executor: executorFor(record), control, payload: null, environment, shell });
  } finally {
    forceSignal.removeEventListener('abort', force);
  }
}
