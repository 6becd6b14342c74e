import { invariant } from '../../base/index.ts';
import type { Budgets } from '../../protocol/index.ts';
import { expectEvent } from './changes.ts';
import type { JobState } from './job-state.ts';
import type { Change, Moment } from './moves/move-row.ts';
import { extensionOf } from './moves/preconditions.ts';

/*
 * The deadline of a teardown: set once when it begins, anew when its cleanup changes hands, and put off by its runner so far as the policy allows. Whatever
 * sets it anew forgets by how much it was put off.
 */

/** Stop, cleanup and save add up; the margin lets the runner's own word come first. */
function teardownDeadline({ job, now }: Moment): number {
  const { graceMs, cleanupMs, saveMs } = budgetsOf(job);
  return now + graceMs + cleanupMs + saveMs + job.spec.policy.marginMs;
}

function budgetsOf(job: JobState): Budgets {
  invariant(job.budgets !== null, 'a job that was handed out has budgets');
  return job.budgets;
}

export const setTeardownDeadline: Change = {
  says: 'deadline = stop + cleanup + save + margin, once',
  make: (moment) => (moment.job.phase === 'teardown' ? {} : { deadline: teardownDeadline(moment), extendedMs: 0 }),
};

export const putDeadlineOff: Change = {
  says: 'deadline = the first one of this teardown + what is asked for in all, no more than the limit',
  make: ({ job, event }) => {
    invariant(job.deadline !== null, 'a teardown has a deadline');
    const extendedMs = extensionOf(job, expectEvent(event, 'extended').byMs);
    return { deadline: job.deadline - job.extendedMs + extendedMs, extendedMs };
  },
};

export const takeCleanup: Change = {
  says: 'new attempt, lease; deadline = stop + cleanup + save + margin',
  make: (moment) => {
    const { runner, leaseMs } = expectEvent(moment.event, 'claim_cleanup');
    return {
      attempt: moment.job.attempt + 1,
      handOut: 'cleanup',
      cleanupHandOuts: moment.job.cleanupHandOuts + 1,
      runner,
      leaseUntil: leaseMs === null ? null : moment.now + leaseMs,
      deadline: teardownDeadline(moment),
      extendedMs: 0,
    };
  },
};

export const takeCleanupBack: Change = {
  says: 'its attempt is accepted again, for the cleanup alone; lease; deadline = stop + cleanup + save + margin',
  make: (moment) => {
    const { leaseMs } = expectEvent(moment.event, 'resumed');
    return {
      handOut: 'cleanup',
      cleanupHandOuts: moment.job.cleanupHandOuts + 1,
      leaseUntil: leaseMs === null ? null : moment.now + leaseMs,
      deadline: teardownDeadline(moment),
      extendedMs: 0,
    };
  },
};

export const offerCleanup: Change = {
  says: 'no attempt is accepted until another runner takes the cleanup; deadline = offer',
  make: ({ job, now }) => ({
    handOut: 'cleanup_offered',
    leaseUntil: null,
    deadline: now + job.spec.policy.cleanupOfferMs,
    extendedMs: 0,
  }),
};

export const forgetRunner: Change = { says: 'its runner does not get it back', make: () => ({ runner: null }) };
