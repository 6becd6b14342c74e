export { applyJob } from './apply-job.ts';
export { nextDue } from './due.ts';
export type {
  ChildEvent,
  ClaimEvent,
  CoordinatorEvent,
  FinishedEvent,
  JobEffect,
  JobEvent,
  JobResult,
  PersonEvent,
  Refusal,
  RunnerEvent,
  SchedulingEvent,
} from './job-event.ts';
export { MOVES } from './job-moves.ts';
export {
  type CancelCause,
  type CancelRequest,
  createJob,
  DEFAULT_POLICY,
  type ForceRequest,
  type HandOut,
  type JobPolicy,
  type JobSpec,
  type JobState,
  type RunnerFeatures,
  type TriggerStrategy,
} from './job-state.ts';
export type { MoveRow, MoveTable, Precondition } from './move-row.ts';
