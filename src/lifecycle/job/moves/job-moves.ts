import { COME_BACK_MOVE, EXECUTING_MOVES, STALE_MOVE } from './executing-moves.ts';
import { LOSS_MOVES, STRIKE_MOVES } from './loss-moves.ts';
import type { MoveTable } from './move-row.ts';
import { TRIGGER_MOVES } from './trigger-moves.ts';
import { WAITING_MOVES } from './waiting-moves.ts';

/**
 * The whole life of a job, in one table: `applyJob` runs from it, docs/lifecycle.md is printed from it, tests walk it.
 * The first row that fits decides, so a row with a precondition stands before the one for "otherwise". An event for which no row
 * fits is refused with `wrong_status`.
 */
export const MOVES: MoveTable = [
  COME_BACK_MOVE,
  STALE_MOVE,
  ...TRIGGER_MOVES,
  ...WAITING_MOVES,
  ...EXECUTING_MOVES,
  ...LOSS_MOVES,
  ...STRIKE_MOVES,
];
