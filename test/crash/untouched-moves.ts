import { MOVES } from '../../src/lifecycle/index.ts';
import type { Death } from './server/orders.ts';

/** No scenario plays these. */
const NOT_PLAYED =
  `child-created-too-late child-created child-rejected child-manual child-resumed force-child drop-child skip-child unschedule skip process
  drop-waiting force-waiting renew finish-unclean cancel-preparing cancel-script-at-once cancel-teardown lose-runner claim-cleanup time-out-preparing
  time-out-script time-out-script-at-once evict-preparing evict-script evict-script-at-once drop-preparing drop-script drop-script-at-once`.split(
    /\s+/,
  );

/** `MOVE SIDE`, for every move that writes something, where no server died on that side of a commit with it. */
export function untouchedMoves(deaths: readonly Death[]): readonly string[] {
  const seen = new Set(deaths.flatMap(({ moves, side }) => moves.map((move) => `${move} ${side}`)));
  return MOVES.filter(({ id, outcome }) => outcome.kind === 'move' && !NOT_PLAYED.includes(id))
    .flatMap(({ id }) => [`${id} before`, `${id} after`])
    .filter((point) => !seen.has(point));
}
