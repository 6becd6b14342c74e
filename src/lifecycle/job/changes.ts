import { invariant } from '../../base/index.ts';
import { CAUSE_RULES, type Cause, type FailureReason } from '../../protocol/index.ts';
import type { JobEvent } from './job-event.ts';
import type { Change, StatusChoice } from './moves/move-row.ts';
import { isCancelCause } from './moves/preconditions.ts';

/** The event, as the type that the table row promises. */
export function expectEvent<T extends JobEvent['type']>(event: JobEvent, type: T): Extract<JobEvent, { type: T }> {
  invariant(event.type === type, `expected the event ${type}, got ${event.type}`);
  return event as Extract<JobEvent, { type: T }>;
}

export const setStartAt: Change = {
  says: 'start time = now + `start_in`',
  make: ({ job, now }) => ({ startAt: now + (job.spec.startInMs ?? 0) }),
};

export const clearStartAt: Change = { says: 'no start time', make: () => ({ startAt: null }) };

export const noteSkip: Change = {
  says: 'note why it was skipped',
  make: ({ event }) => ({ skipReason: expectEvent(event, 'skip').why }),
};

export const startOver: Change = {
  says: 'forget the skip',
  make: () => ({ skipReason: null, cleanup: null, finishedAt: null }),
};

export const takeJob: Change = {
  says: 'new attempt, lease, budgets; deadline = `timeout` + margin',
  make: ({ job, event, now }) => {
    const { runner, leaseMs, budgets } = expectEvent(event, 'claim');
    const leaseUntil = leaseMs === null ? null : now + leaseMs;
    const deadline = now + budgets.jobMs + job.spec.policy.marginMs;
    return { attempt: job.attempt + 1, handOut: 'job', runner, budgets, leaseUntil, deadline };
  },
};

export const takeBack: Change = {
  says: 'no runner, no budgets, no deadline; nothing is owed',
  make: () => ({ handOut: 'none', runner: null, budgets: null, leaseUntil: null, deadline: null, owed: false }),
};

export const takeChild: Change = { says: 'note that the child exists', make: () => ({ attempt: 1 }) };

export const forgetEnd: Change = {
  says: 'forget how it ended, and who cancelled it',
  make: () => ({
    cause: null,
    cleanup: null,
    failureReason: null,
    cancelRequest: null,
    forceRequest: null,
    skipReason: null,
    finishedAt: null,
  }),
};

export const extendLease: Change = {
  says: 'new lease',
  make: ({ event, now }) => ({ leaseUntil: now + expectEvent(event, 'renew').leaseMs }),
};

export const openObligation: Change = {
  says: 'cleanup is owed from here on, if the job has an `after_script`',
  make: ({ job }) => ({ owed: job.spec.hasCleanup }),
};

/** The first cause stands: what strikes a teardown later, unless it is a cancel, does not change why the script was over. */
export function setCause(cause: Cause): Change {
  return { says: `cause \`${cause}\`, unless there is one`, make: ({ job }) => ({ cause: job.cause ?? cause }) };
}

export const setRunnersCause: Change = {
  says: "the runner's cause, unless there is one",
  make: ({ job, event }) => {
    invariant('cause' in event && event.type !== 'cancel', `${event.type} does not come from a runner with a cause`);
    if (job.cause !== null) return {};
    return { cause: isCancelCause(event.cause) ? 'failed' : event.cause };
  },
};

/** A cancel that comes during a teardown still decides how the job ends, so it replaces the cause. */
export const noteCancel: Change = {
  says: 'note who, when and why: the cause from then on',
  make: ({ event, now }) => {
    const { by, cause } = expectEvent(event, 'cancel');
    return { cause, cancelRequest: { by, at: now, cause } };
  },
};

export const noteForce: Change = {
  says: 'note who and when; cleanup `skipped` if owed, with what was left to do',
  make: ({ job, event, now }) => {
    const { by } = expectEvent(event, 'force_cancel');
    const cause = job.status === 'canceling' ? job.cause : 'canceled';
    const isOwed = job.owed && job.cleanup === null;
    if (!isOwed) return { cause, forceRequest: { by, at: now, owed: null } };
    const owed = job.phase === 'script' ? 'after_script, not begun' : 'after_script, or the rest of it';
    const attempt = job.phase === 'script' ? 0 : 1 + job.cleanupHandOuts;
    const reason = `force cancel; still owed: ${owed}`;
    return {
      cause,
      forceRequest: { by, at: now, owed },
      cleanup: { outcome: 'skipped', attempt, skippedBy: by, reason },
    };
  },
};

export const noteDrop: Change = {
  says: 'cause `failed`, with the given reason',
  make: ({ job, event }) => ({ cause: job.cause ?? 'failed', failureReason: expectEvent(event, 'drop').reason }),
};

/** What the runner of the job itself reports; the runner of a cleanup alone cannot change the job's result. */
export const noteResult: Change = {
  says: 'failure reason and exit code',
  make: ({ job, event }) => {
    const { result, failureReason, exitCode } = expectEvent(event, 'finished');
    if (job.handOut !== 'job') return {};
    const isOwnFailure = job.cause === 'failed' || (job.cause === 'succeeded' && result === 'failed');
    if (!isOwnFailure) return { exitCode };
    const usual: FailureReason = job.cause === 'failed' ? 'script_failure' : 'unknown_failure';
    return { exitCode, failureReason: job.failureReason ?? failureReason ?? usual };
  },
};

/**
 * Losing the runner of the job itself. A script that had ended well counts as lost too: nobody knows whether its artifacts
 * were saved.
 */
export const noteLoss: Change = {
  says: 'cause `runner_lost`, unless the job had failed or was cancelled before',
  make: ({ job }) => {
    const stands = job.handOut !== 'job' || (job.cause !== null && job.cause !== 'succeeded');
    return stands ? {} : { cause: 'runner_lost' };
  },
};

/** Where the result of a teardown's end comes from. */
export const byCause: StatusChoice = {
  says: '`canceled` if it was `canceling`, else as the cause says',
  oneOf: ['success', 'failed', 'canceled'],
  decide: ({ job }) => {
    if (job.status === 'canceling') return 'canceled';
    if (job.failureReason !== null) return 'failed';
    invariant(job.cause !== null, 'a job that ends has a cause');
    return CAUSE_RULES[job.cause].endsAs;
  },
};

export const afterQueueing: StatusChoice = {
  says: '`waiting_for_resource` if it has a resource group, else `pending`',
  oneOf: ['waiting_for_resource', 'pending'],
  decide: ({ job }) => (job.spec.hasResourceGroup ? 'waiting_for_resource' : 'pending'),
};

export const likeChild: StatusChoice = {
  says: 'the status of the child; `skipped` counts as `failed` unless `strategy: mirror`',
  oneOf: ['success', 'failed', 'canceled', 'skipped'],
  decide: ({ job, event }) => {
    const { status } = expectEvent(event, 'child_changed');
    return status === 'skipped' && job.spec.strategy !== 'mirror' ? 'failed' : status;
  },
};

export const noteRejection: Change = {
  says: 'the given failure reason',
  make: ({ event }) => ({ cause: 'failed', failureReason: expectEvent(event, 'child_rejected').reason }),
};

export const noteChildEnd: Change = {
  says: 'cause and failure reason of the child',
  make: ({ job, event }) => {
    const { status } = expectEvent(event, 'child_changed');
    if (status === 'skipped' && job.spec.strategy === 'mirror') return { skipReason: 'its child pipeline was skipped' };
    if (status === 'success') return { cause: 'succeeded' };
    if (status === 'canceled') return { cause: 'canceled' };
    return { cause: 'failed', failureReason: 'unknown_failure' };
  },
};
