import { type Clock, onAbort } from '../../base/index.ts';
import type { Executor } from '../../executors/index.ts';
import { Control } from '../control.ts';
import type { BuildSurroundings } from '../job-options.ts';
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
  readonly control: Control;
  readonly ports: JobPorts;
  /** As in `JobOptions`. */
  readonly secrets?: readonly string[];
  readonly version: string;
  readonly keep: boolean;
  /** The machine has not been started anew since the job began; left out: nobody knows. */
  readonly isSameBoot?: boolean;
  readonly surroundings?: BuildSurroundings;
}

/**
 * Goes on with a job whose runner died, the lock of its journal being ours, from where that has left it: a script that runs is followed, one
 * that has ended is judged, a stage or a cleanup that was cut is begun again. Null: the job was never accepted. A job that ended before answers its result at once.
 * @throws Failure when that cannot be done now; it stays on the books.
 */
export function goOnWithJob(options: TakeOverOptions): Promise<JobResult | null> {
  const { record, executorFor } = options;
  const { environment, shell, settings } = record;
  return runJob({ ...options, executor: executorFor(record), payload: null, environment, shell, settings });
}

/**
 * Ends a job whose runner died: stops what still runs, runs the cleanup that is owed, keeps log and artifacts. Otherwise as `goOnWithJob`.
 * Of `options.control` only a force reaches the job, and skips what it owes, on record.
 * @param by who takes over; the job's log names it
 */
export async function takeOverJob(options: TakeOverOptions, by: string): Promise<JobResult | null> {
  const { forceSignal } = options.control;
  const control = new Control();
  control.interrupt({ cause: 'runner_lost', isCancel: false, by });
  const force = () => control.force({ by: options.control.forced?.by ?? 'signal', why: 'forced while recovering' });
  const stopListening = onAbort(forceSignal, force);
  try {
    return await goOnWithJob({ ...options, control });
  } finally {
    stopListening();
  }
}
