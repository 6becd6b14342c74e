import { MOVES } from '../../src/lifecycle/index.ts';
import type { Strike } from './server/orders.ts';

/** What no scenario plays, and why. */
const NOT_PLAYED: Readonly<Record<string, string>> = {
  renew: 'leases are no part of the pipeline here',
  unschedule: 'nobody can ask for it',
  'skip-child': 'what waits for a person is not skipped',
  'drop-child': 'only what waits is dropped',
  'drop-preparing': 'only what waits is dropped',
  'drop-script': 'only what waits is dropped',
  'drop-script-at-once': 'only what waits is dropped',
  'evict-preparing': 'runners say that they shut down instead',
  'evict-script': 'runners say that they shut down instead',
  'evict-script-at-once': 'runners say that they shut down instead',
  'child-created-too-late': 'between two effects that follow each other at once',
};

/** `MOVE SIDE`, for every move that writes something, where nothing happened on that side of a commit with it. */
export function untouchedMoves(strikes: readonly Strike[]): readonly string[] {
  const seen = new Set(strikes.flatMap(({ aspects, side }) => aspects.map((aspect) => `${aspect} ${side}`)));
  return MOVES.filter(({ id, outcome }) => outcome.kind === 'move' && NOT_PLAYED[id] === undefined)
    .flatMap(({ id }) => [`move ${id} before`, `move ${id} after`])
    .filter((point) => !seen.has(point));
}
