import { MOVES } from '../../src/lifecycle/index.ts';
import type { Strike } from './server/orders.ts';

const DROPPED = 'a coordinator drops only what waits for a runner: archives that it needs are gone, or nobody fits it';
const EVICTED =
  'no report of a runner is read as this event: one whose place goes away tears down, and says `evicted` as the cause of that';

/** What no scenario plays, as nothing that a client of a coordinator can send leads to it; `epilogue run` is another driver of the same table. */
const NOT_PLAYED: Readonly<Record<string, string>> = {
  renew:
    'a lease is a column of the attempt, and no event of the pipeline; its commits are struck as writes of `attempts`',
  unschedule: 'in GitLab it is a button of its page; its REST API has no route for it, and so there is none here',
  'skip-child': 'only what has not had its turn yet is skipped, and a trigger job that waits for a person has had it',
  'drop-child': DROPPED,
  'drop-preparing': DROPPED,
  'drop-script': DROPPED,
  'drop-script-at-once': DROPPED,
  'evict-preparing': EVICTED,
  'evict-script': EVICTED,
  'evict-script-at-once': EVICTED,
};

/** `MOVE SIDE`, for every move that writes something, where nothing happened on that side of a commit with it. */
export function untouchedMoves(strikes: readonly Strike[]): readonly string[] {
  const seen = new Set(strikes.flatMap(({ aspects, side }) => aspects.map((aspect) => `${aspect} ${side}`)));
  return MOVES.filter(({ id, outcome }) => outcome.kind === 'move' && NOT_PLAYED[id] === undefined)
    .flatMap(({ id }) => [`move ${id} before`, `move ${id} after`])
    .filter((point) => !seen.has(point));
}
