export { applyJob } from './apply-job.ts';
export { nextDue } from './due.ts';
export type { JobEffect, JobEvent, JobResult, Refusal, SchedulingEvent } from './job-event.ts';
export {
  type CancelCause,
  type CancelRequest,
  createJob,
  DEFAULT_POLICY,
  type ForceRequest,
  type JobPolicy,
  type JobSpec,
  type JobState,
  type RunnerFeatures,
  type TriggerStrategy,
} from './job-state.ts';
export { MOVES } from './moves/job-moves.ts';
export type { MoveRow, MoveTable, Precondition } from './moves/move-row.ts';
