import type { JobFinished } from '../../local/index.ts';
import type { Cause, Cleanup, FailureReason, Phase, Status } from '../../protocol/index.ts';
import { printable } from '../terminal/clean-text.ts';
import type { Colour } from '../terminal/colour.ts';
import { formatCountdown, formatDuration } from '../terminal/format-time.ts';

/** A status as one cell and a colour. Every mark is one cell wide. */
export const STATUS_MARKS: Readonly<Record<Status, readonly [mark: string, colour: Colour]>> = {
  created: ['·', 'dim'],
  waiting_for_resource: ['·', 'dim'],
  scheduled: ['·', 'dim'],
  manual: ['▸', 'dim'],
  pending: ['·', 'dim'],
  running: ['●', 'blue'],
  canceling: ['◐', 'yellow'],
  success: ['✓', 'green'],
  failed: ['✗', 'red'],
  canceled: ['⊘', 'yellow'],
  skipped: ['-', 'dim'],
};

/** What a job that has not started waits for. */
export const WAITING_WORDS: Readonly<Record<Status, string>> = {
  created: 'waiting',
  waiting_for_resource: 'waiting for its resource group',
  scheduled: 'delayed',
  manual: 'manual',
  pending: 'pending',
  running: 'running',
  canceling: 'canceling',
  success: '',
  failed: '',
  canceled: '',
  skipped: '',
};

const CAUSE_WORDS: Readonly<Record<Cause, string>> = {
  succeeded: '',
  failed: 'failed',
  canceled: 'canceled',
  superseded: 'superseded',
  timed_out: 'timed out',
  runner_shutdown: 'interrupted',
  runner_lost: 'the run was killed',
  evicted: 'evicted',
};

const REASON_WORDS: Readonly<Partial<Record<FailureReason, string>>> = {
  job_execution_timeout: 'timed out',
  runner_system_failure: 'the machine failed it, not the script',
  runner_interrupted: 'the runner was stopped',
  missing_dependency_failure: 'artifacts that it needs are missing',
  stale_schedule: 'its start time passed',
};

interface Teardown {
  readonly phase: Phase | null;
  readonly cause: Cause | null;
  readonly canceledBy: string | null;
  readonly deadline: number | null;
}

/** `cleaning up, 4:52 left (canceled by failed job lint)`, `ending` where no cleanup is owed; null outside a teardown. */
export function describeTeardown(job: Teardown, now: number): string | null {
  if (job.phase !== 'teardown') return null;
  const what = job.deadline === null ? 'ending' : `cleaning up, ${formatCountdown(job.deadline - now)} left`;
  const cause = causeWords(job);
  return `${what}${cause === '' ? '' : ` (${cause})`}`;
}

/** A job is superseded by a newer pipeline or by the failure of another job: who it was says which. */
function causeWords({ cause, canceledBy }: Pick<Teardown, 'cause' | 'canceledBy'>): string {
  if (cause === 'superseded' && canceledBy !== null) return `canceled by ${printable(canceledBy)}`;
  return cause === null ? '' : CAUSE_WORDS[cause];
}

/** `failed (exit code 3, 4.2s), cleanup succeeded (0.2s)`. */
export function describeEnd(job: JobFinished): string {
  const took = job.durationMs === null ? '' : formatDuration(job.durationMs);
  return endWords(job, [describeReason(job), took]);
}

/** The same without the time, for where that stands in a column of its own. */
export function describeEndUntimed(job: JobFinished): string {
  return endWords(job, [describeReason(job)]);
}

function endWords(job: JobFinished, details: readonly string[]): string {
  const inside = details.filter((part) => part !== '').join(', ');
  return [
    `${job.status}${inside === '' ? '' : ` (${inside})`}`,
    ...(job.allowFailure && job.status === 'failed' ? ['allowed to fail'] : []),
    ...(job.cleanup.outcome === 'not_owed' ? [] : [describeCleanup(job.cleanup)]),
    ...(job.retriedAs === null ? [] : ['retrying']),
  ].join(', ');
}

function describeReason(job: JobFinished): string {
  if (job.status === 'canceled') {
    const who = job.cause === 'superseded' && job.canceledBy !== null ? `by ${printable(job.canceledBy)}` : '';
    return [who, job.durationMs === null ? 'never started' : ''].filter((part) => part !== '').join(', ');
  }
  if (job.failureReason === 'script_failure' && job.exitCode !== null) return `exit code ${job.exitCode}`;
  if (job.failureReason === null) return '';
  return REASON_WORDS[job.failureReason] ?? job.failureReason;
}

/** `cleanup succeeded (0.2s)`, `cleanup skipped by the user: forced`. */
export function describeCleanup(cleanup: Cleanup): string {
  const took = cleanup.durationMs === undefined ? '' : formatDuration(cleanup.durationMs);
  switch (cleanup.outcome) {
    case 'not_owed':
      return 'nothing to clean up';
    case 'succeeded':
      return `cleanup succeeded${took === '' ? '' : ` (${took})`}`;
    case 'failed': {
      const code = cleanup.exitCode === undefined ? '' : `exit code ${cleanup.exitCode}`;
      const inside = [code, took].filter((part) => part !== '').join(', ');
      return `cleanup failed${inside === '' ? '' : ` (${inside})`}`;
    }
    case 'timed_out':
      return `cleanup cut off at its deadline${took === '' ? '' : ` (${took})`}`;
    case 'skipped': {
      const who = cleanup.skippedBy === undefined ? '' : ` by ${printable(cleanup.skippedBy)}`;
      const why = cleanup.reason === undefined ? '' : `: ${printable(cleanup.reason)}`;
      return `cleanup skipped${who}${why}`;
    }
    case 'lost':
      return 'cleanup lost: it could not be run';
  }
}

/** A cleanup that a person should look at. */
export function isTrouble(cleanup: Cleanup): boolean {
  return cleanup.outcome !== 'succeeded' && cleanup.outcome !== 'not_owed';
}

/** A job's name as it may be shown, with its attempt when it is not the first. */
export function shownName(job: { readonly name: string; readonly attempt: number }): string {
  return job.attempt === 1 ? printable(job.name) : `${printable(job.name)} (attempt ${job.attempt})`;
}

export function countJobs(count: number): string {
  return count === 1 ? '1 job' : `${count} jobs`;
}
