export * from './apply-job.ts';
export * from './due.ts';
export * from './job-event.ts';
export * from './job-moves.ts';
export * from './job-state.ts';
export type { Change, Guard, Move, MoveOutcome, MoveTable, Verdict } from './move.ts';
