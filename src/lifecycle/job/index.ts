export * from './apply-job.ts';
export * from './due.ts';
export * from './job-event.ts';
export * from './job-moves.ts';
export * from './job-state.ts';
export type { MoveRow, MoveTable, Precondition } from './move-row.ts';
