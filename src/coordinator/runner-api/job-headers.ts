import type { AttemptRecord, JobRecord } from '../../store/index.ts';

type JobState = JobRecord['state'];

/** Why a script is to stop, or an attempt is over, and who wanted that. */
export interface StopOrder {
  readonly cause: NonNullable<JobState['cause']>;
  readonly by: string | null;
  /** A person has forced the job: nothing more is to be done, its cleanup neither. Of whatever else ends an attempt, its runner still cleans up. */
  readonly isForced: boolean;
}

/** Null: nobody has to be told. Of any other cause than these the runner knows by itself. */
export function stopOrder({ status, phase, cause, cancelRequest, forceRequest }: JobState): StopOrder | null {
  if (cause === null) return null;
  const isStopped = status === 'canceling' || (phase === 'teardown' && cause === 'timed_out');
  if (!isStopped && status !== 'canceled') return null;
  return { cause, by: forceRequest?.by ?? cancelRequest?.by ?? null, isForced: forceRequest !== null };
}

/** What every answer about an attempt says of its job: GitLab's `Job-Status`, and to those who know it `Epilogue-Stop`, a form of `cause`, `by` and, of a forced job alone, `force=1`. */
export function jobHeaders(job: JobState, status = job.status): Readonly<Record<string, string>> {
  const order = stopOrder(job);
  if (order === null) return { 'job-status': status };
  // As a form: names of people have letters that no header has.
  const words = new URLSearchParams({ cause: order.cause });
  if (order.by !== null) words.set('by', order.by);
  if (order.isForced) words.set('force', '1');
  return { 'job-status': status, 'epilogue-stop': words.toString() };
}

/**
 * Those of an attempt that holds its job. `canceling` is all that a runner of GitLab's understands of "stop the script and clean up", whatever the
 * reason; one that knows phases is told the reason, and how the job stands.
 */
export function heldJobHeaders(attempt: AttemptRecord, { state }: JobRecord): Readonly<Record<string, string>> {
  const { status, phase } = state;
  const isStopped = status === 'running' && phase === 'teardown' && !attempt.features.phases;
  return jobHeaders(state, isStopped ? 'canceling' : status);
}
