import { type Cause, type Cleanup, isFinished } from '../../../protocol/index.ts';
import type { CancelCause, JobState } from '../job-state.ts';
import type { Moment, Precondition } from './move-row.ts';

/** An attempt holds the job, and its runner's messages count. */
export function isHeld(job: JobState): boolean {
  return job.handOut === 'job' || job.handOut === 'cleanup';
}

export function isCancelCause(cause: Cause): cause is Exclude<CancelCause, 'runner_shutdown'> {
  return cause === 'canceled' || cause === 'superseded';
}

/** A cleanup that really came to an end, or was skipped by somebody for a reason; `lost` and `not_owed` are neither. */
export function isSettled(cleanup: Cleanup | null): boolean {
  if (cleanup === null) return false;
  if (cleanup.outcome === 'skipped') return Boolean(cleanup.skippedBy && cleanup.reason);
  return cleanup.outcome === 'succeeded' || cleanup.outcome === 'failed' || cleanup.outcome === 'timed_out';
}

export const isStale: Precondition = {
  says: 'it names another attempt than the one that holds the job',
  holds: ({ job, event }) => 'attempt' in event && (event.attempt !== job.attempt || !isHeld(job)),
};

export const wantsGracefulRunner: Precondition = {
  says: 'the job is `interruptible: graceful` and the runner lacks `cancel_gracefully`',
  holds: ({ job, event }) =>
    event.type === 'claim' && job.spec.interruptible === 'graceful' && !event.runner.cancelGracefully,
};

export const runnerHidesPhases: Precondition = {
  says: 'the runner does not announce phases',
  holds: ({ event }) => event.type === 'claim' && !event.runner.phases,
};

export const runnerTakesNoCleanups: Precondition = {
  says: 'the runner does not take cleanups',
  holds: ({ event }) => event.type === 'claim_cleanup' && !event.runner.cleanupOnly,
};

export const nothingCanHaveRun: Precondition = {
  says: 'it is `preparing`, or its runner announces no phases and the script is not over',
  holds: ({ job }) => job.phase === 'preparing' || (job.phase === 'script' && job.runner?.phases === false),
};

export const runnerCanStop: Precondition = {
  says: 'its runner can cancel gracefully',
  holds: ({ job }) => job.runner?.cancelGracefully === true,
};

export const namesCancelCause: Precondition = {
  says: 'the cause is `canceled` or `superseded`',
  holds: ({ event }) => event.type === 'teardown_started' && isCancelCause(event.cause),
};

export const cleanupEnded: Precondition = {
  says: 'the record says how the cleanup ended',
  holds: ({ event }) => event.type === 'cleaned' && isSettled(event.cleanup),
};

export const canHandCleanupOver: Precondition = {
  says: 'cleanup is still owed, the job is `interruptible: graceful` and hand-outs are left',
  holds: ({ job, event }) => {
    if (!job.owed || isSettled(cleanupSaid({ job, event })) || job.spec.interruptible !== 'graceful') return false;
    if (saysNothingBegan({ job, event })) return false;
    return job.cleanupHandOuts < job.spec.policy.maxCleanupHandOuts;
  },
};

export const mayTakeBack: Precondition = {
  says: 'it names the attempt that was lost last, and nobody has taken its cleanup yet',
  holds: ({ job, event }) => event.type === 'resumed' && event.attempt === job.attempt && job.runner !== null,
};

export const asksForMore: Precondition = {
  says: 'it asks for more than before, and the limit is not reached',
  holds: ({ job, event }) => event.type === 'extended' && extensionOf(job, event.byMs) > job.extendedMs,
};

/** How far the deadline of a teardown moves, ms, whatever its runner asks for. */
export function extensionOf({ spec }: JobState, byMs: number): number {
  return Math.min(byMs, spec.policy.maxExtensionMs);
}

/** The runner that was to start the first user command did not: it had asked, and gave up before it heard that it may. */
export function saysNothingBegan({ job, event }: Pick<Moment, 'job' | 'event'>): boolean {
  if (event.type !== 'finished' || job.handOut !== 'job' || job.cleanup !== null) return false;
  return event.cleanup?.outcome === 'not_owed';
}

export const childRuns: Precondition = {
  says: 'its child pipeline exists and is followed',
  holds: ({ job }) => followsChild(job),
};

export const followsNothing: Precondition = {
  says: 'no `strategy`',
  holds: ({ job }) => job.spec.strategy === 'none',
};

export const childFinished: Precondition = {
  says: 'the child pipeline has finished',
  holds: ({ job, event }) => event.type === 'child_changed' && isFinished(event.status) && followsChild(job),
};

export const childWaitsForPerson: Precondition = {
  says: 'the child pipeline is `manual`, and `strategy: mirror`',
  holds: ({ job, event }) =>
    event.type === 'child_changed' && event.status === 'manual' && job.spec.strategy === 'mirror' && followsChild(job),
};

function followsChild(job: JobState): boolean {
  return job.attempt > 0 && job.spec.strategy !== 'none';
}

/**
 * The record of the cleanup as far as it is known: an earlier word of the runner, or that of the event at hand.
 * GitLab's runner says nothing. By its protocol it has run `after_script` when the script ended by itself, and also when it
 * was asked to cancel (which it reports as `unknown_failure`): then either `after_script` ran or no user command had started.
 */
export function cleanupSaid({ job, event }: Pick<Moment, 'job' | 'event'>): Cleanup | null {
  if (job.cleanup !== null || event.type !== 'finished') return job.cleanup;
  const silent = event.cleanup === null && job.runner !== null && !job.runner.phases && job.handOut === 'job';
  if (!silent) return event.cleanup;
  const endedByItself = event.result === 'success' || event.failureReason === 'script_failure';
  const wasAsked = job.status === 'canceling' && (event.failureReason ?? 'unknown_failure') === 'unknown_failure';
  return endedByItself || wasAsked ? { outcome: 'succeeded', attempt: 1 } : null;
}
