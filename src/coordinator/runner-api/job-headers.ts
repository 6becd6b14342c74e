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

/** What strikes a script from outside. Of any other cause, but a cancel, the runner knows by itself. */
const STRIKES: ReadonlySet<JobState['cause']> = new Set(['timed_out', 'evicted']);

/** Null: nobody has to be told. */
export function stopOrder({ kind }: Pick<AttemptRecord, 'kind'>, state: JobState): StopOrder | null {
  const { status, phase, cause, cancelRequest, forceRequest } = state;
  if (cause === null) return null;
  // Who has the job itself, and was lost meanwhile, has its cleanup back and nothing else.
  const isStruck = STRIKES.has(cause) || (cause === 'runner_lost' && kind === 'job');
  const isStopped = status === 'canceling' || (phase === 'teardown' && isStruck);
  if (!isStopped && status !== 'canceled') return null;
  return { cause, by: forceRequest?.by ?? cancelRequest?.by ?? null, isForced: forceRequest !== null };
}

/**
 * The same of an attempt that is over. Whose runner was given up hears that, whatever became of its job: it still has the cleanup to run, unless a person
 * has forced the job.
 */
export function endOrder(attempt: AttemptRecord, state: JobState): StopOrder | null {
  const isForced = state.forceRequest !== null;
  return isGivenUp(attempt, state) && !isForced
    ? { cause: 'runner_lost', by: null, isForced }
    : stopOrder(attempt, state);
}

/** Its lease has lapsed, or somebody else has the job. Of what its runner reported itself it was never given up. */
export function isGivenUp({ attempt, leaseUntil, endedAt }: AttemptRecord, state: JobState): boolean {
  if (endedAt === null) return false;
  return attempt < state.attempt || state.handOut === 'cleanup_offered' || leaseUntil <= endedAt;
}

/** Those of an attempt that is over. */
export function endedHeaders(attempt: AttemptRecord, { state }: Pick<JobRecord, 'state'>): Headers {
  return headersOf(state.status, endOrder(attempt, state), mayComeBack(attempt, state) ? { offered: '1' } : {});
}

/** Its cleanup is offered, and it may have that back if it says that it is there again. */
export function mayComeBack({ attempt, endedAt }: AttemptRecord, state: JobState): boolean {
  return endedAt !== null && state.handOut === 'cleanup_offered' && state.attempt === attempt && state.runner !== null;
}

/**
 * What every answer about an attempt says of its job: GitLab's `Job-Status`, and to those who know it `Epilogue-Stop`, a form of `cause`, `by`, of a forced
 * job alone `force=1`, and where the cleanup is to be had back `offered=1`.
 */
function headersOf(status: JobState['status'], order: StopOrder | null, more: Headers = {}): Headers {
  if (order === null) return { 'job-status': status };
  // As a form: names of people have letters that no header has.
  const words = new URLSearchParams({ cause: order.cause, ...more });
  if (order.by !== null) words.set('by', order.by);
  if (order.isForced) words.set('force', '1');
  return { 'job-status': status, 'epilogue-stop': words.toString() };
}

/**
 * Those of an attempt that holds its job. `canceling` is all that a runner of GitLab's understands of "stop the script and clean up", whatever the
 * reason; one that knows phases is told the reason, and how the job stands.
 */
export function heldJobHeaders(attempt: AttemptRecord, state: JobState): Headers {
  const { status, phase } = state;
  const isStopped = status === 'running' && phase === 'teardown' && !attempt.features.phases;
  return headersOf(isStopped ? 'canceling' : status, stopOrder(attempt, state));
}
