import type { AttemptRecord, JobRecord } from '../../store/index.ts';

type JobState = JobRecord['state'];
type Headers = Readonly<Record<string, string>>;

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

/**
 * The same of an attempt that is over. Whose runner was given up hears that, whatever became of its job: it still has the cleanup to run, unless a person
 * has forced the job.
 */
export function endOrder(attempt: AttemptRecord, state: JobState): StopOrder | null {
  const isForced = state.forceRequest !== null;
  return isGivenUp(attempt, state) && !isForced ? { cause: 'runner_lost', by: null, isForced } : stopOrder(state);
}

/** Its lease has lapsed, or somebody else has the job. Of what its runner reported itself it was never given up. */
export function isGivenUp({ attempt, leaseUntil, endedAt }: AttemptRecord, state: JobState): boolean {
  if (endedAt === null) return false;
  return attempt < state.attempt || state.handOut === 'cleanup_offered' || leaseUntil <= endedAt;
}

/** What every answer about an attempt says of its job: GitLab's `Job-Status`, and to those who know it `Epilogue-Stop`, a form of `cause`, `by` and, of a forced job alone, `force=1`. */
export function jobHeaders(job: JobState, status = job.status): Headers {
  return headersOf(status, stopOrder(job));
}

/** Those of an attempt that is over. */
export function endedHeaders(attempt: AttemptRecord, { state }: Pick<JobRecord, 'state'>): Headers {
  return headersOf(state.status, endOrder(attempt, state));
}

function headersOf(status: JobState['status'], order: StopOrder | null): Headers {
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
export function heldJobHeaders(attempt: AttemptRecord, { state }: JobRecord): Headers {
  const { status, phase } = state;
  const isStopped = status === 'running' && phase === 'teardown' && !attempt.features.phases;
  return jobHeaders(state, isStopped ? 'canceling' : status);
}
