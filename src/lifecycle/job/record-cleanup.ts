import type { Change } from './moves/move-row.ts';
import { cleanupSaid, isSettled, saysNothingBegan } from './moves/preconditions.ts';

/*
 * How the record of the cleanup is closed. Every row that ends a job uses exactly one of these, so that no obligation can end
 * without a word: what was settled before stays, what was never owed says so, and the rest is lost for a stated reason.
 */

export const nothingOwed: Change = {
  says: 'cleanup `not_owed`',
  make: () => ({ cleanup: { outcome: 'not_owed', attempt: 0 } }),
};

/** After a change that has recorded whatever was owed. */
export const nothingElseOwed: Change = {
  says: '`not_owed` if there was none',
  make: ({ job }) => (job.cleanup === null ? { cleanup: { outcome: 'not_owed', attempt: 0 } } : {}),
};

export function cleanupLost(reason: string): Change {
  return closeAs(`cleanup \`lost\` if still owed: ${reason}`, () => ({ outcome: 'lost', reason }));
}

export const cleanupOverdue: Change = closeAs(
  'cleanup `timed_out` if a runner still had it, `lost` if nobody took it',
  ({ job }) =>
    job.handOut === 'cleanup_offered'
      ? { outcome: 'lost', reason: 'no runner took the cleanup in time' }
      : { outcome: 'timed_out', reason: 'no word of the cleanup by the deadline of the teardown' },
);

/** For `cleaned` and `finished`: the runner's own record, if it is one. A record of a real cleanup proves that one was owed. */
export const recordCleanup: Change = {
  says: "the runner's record of the cleanup, also that none is owed as nothing began; without one `lost` if owed, else `not_owed`",
  make: (moment) => {
    const said = moment.event.type === 'cleaned' ? moment.event.cleanup : cleanupSaid(moment);
    if (said !== null && isSettled(said)) return { cleanup: said, owed: true };
    if (!moment.job.owed || saysNothingBegan(moment))
      return { cleanup: { outcome: 'not_owed', attempt: 0 }, owed: false };
    const reason = said?.reason ?? 'the runner did not say how the cleanup ended';
    return { cleanup: { outcome: 'lost', attempt: said?.attempt ?? 1 + moment.job.cleanupHandOuts, reason } };
  },
};

type Ending = { readonly outcome: 'lost' | 'timed_out'; readonly reason: string };

function closeAs(says: string, ending: (moment: Parameters<Change['make']>[0]) => Ending): Change {
  return {
    says,
    make: (moment) => {
      const { job } = moment;
      if (job.cleanup !== null) return {};
      if (!job.owed) return { cleanup: { outcome: 'not_owed', attempt: 0 } };
      // In `script` no attempt at the cleanup had been made; later, each hand-out was one.
      const attempt = job.phase === 'script' ? 0 : 1 + job.cleanupHandOuts;
      return { cleanup: { ...ending(moment), attempt } };
    },
  };
}
