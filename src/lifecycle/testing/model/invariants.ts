import { isExecuting, isFinished } from '../../../protocol/index.ts';
import type { Invariant } from './explore.ts';
import type { Facts, World } from './world.ts';

type JobInvariant = Invariant<World, Facts>;

const ENDINGS = ['succeeded', 'failed', 'timed_out', 'skipped', 'lost'];

/** What must hold at every step of every world. */
export const INVARIANTS: readonly JobInvariant[] = [
  {
    name: 'a terminal status never changes',
    isBroken: ({ job }, { next, facts }) => {
      const isReset = job.status === 'skipped' && facts.event === 'process' && next.job.status === 'created';
      return isFinished(job.status) && next.job.status !== job.status && !isReset;
    },
  },
  {
    name: 'an obligation never ends silently',
    isBroken: (_, { next: { job } }) => {
      if (!isFinished(job.status)) return false;
      const { cleanup } = job;
      if (cleanup === null) return true;
      if (!job.owed) return cleanup.outcome !== 'not_owed';
      const isAnonymous = cleanup.outcome === 'skipped' && !(cleanup.skippedBy && cleanup.reason);
      return !ENDINGS.includes(cleanup.outcome) || isAnonymous;
    },
  },
  {
    name: 'no user command starts before the obligation is on the books',
    isBroken: (_, { next }) => next.truth.ran && !next.job.owed,
  },
  {
    name: 'no runner is told to start a script that is over',
    isBroken: (_, { next, facts }) =>
      facts.event === 'script_started' && facts.accepted !== null && next.job.phase !== 'script',
  },
  {
    name: 'an obligation is taken off the books only by the end of a job of which nothing began',
    isBroken: ({ job }, { next }) => {
      const isEnd = isFinished(next.job.status) && next.job.cleanup?.outcome === 'not_owed';
      return job.owed && !next.job.owed && !isEnd;
    },
  },
  {
    name: 'canceling ends as canceled',
    isBroken: ({ job }, { next }) =>
      job.status === 'canceling' && next.job.status !== 'canceling' && next.job.status !== 'canceled',
  },
  {
    name: 'a job cancelled before it ran is never handed out',
    isBroken: (_, { next, facts }) => facts.granted && next.truth.canceledBeforeItRan,
  },
  {
    name: 'no two attempts are accepted at once',
    isBroken: ({ truth }, { facts }) => {
      if (facts.granted) return truth.live !== 0;
      return facts.accepted !== null && facts.accepted !== truth.live;
    },
  },
  {
    name: 'a graceful cleanup is lost only when every hand-out was tried',
    isBroken: ({ job }, { next }) => {
      const isLost = next.job.cleanup?.outcome === 'lost' && job.cleanup === null;
      if (!isLost || job.spec.interruptible !== 'graceful') return false;
      const { maxCleanupHandOuts } = job.spec.policy;
      return job.handOut !== 'cleanup_offered' && job.cleanupHandOuts < maxCleanupHandOuts;
    },
  },
  {
    name: 'a cleanup recorded as succeeded has really run, if anything had',
    isBroken: (_, { next: { job, truth } }) => job.cleanup?.outcome === 'succeeded' && truth.ran && !truth.cleaned,
  },
  {
    name: 'a deadline is put off by its teardown alone, and only so far',
    isBroken: ({ job }, { next }) => {
      const isOff = next.job.extendedMs > job.extendedMs;
      return isOff && (job.phase !== 'teardown' || next.job.extendedMs > job.spec.policy.maxExtensionMs);
    },
  },
  {
    name: 'a deadline is set anew exactly when a teardown begins, changes hands or is put off',
    isBroken: ({ job }, { next, facts }) => {
      const begins = next.job.phase === 'teardown' && job.phase !== 'teardown';
      const changesHands = next.job.handOut !== job.handOut;
      const isNew = begins || (changesHands && isExecuting(next.job.status));
      const isPutOff = next.job.extendedMs > job.extendedMs;
      return isExecuting(next.job.status) && (isNew || isPutOff) !== facts.setDeadline;
    },
  },
  {
    name: 'an executing job always has a deadline',
    isBroken: (_, { next: { job } }) => isExecuting(job.status) && job.deadline === null,
  },
];
