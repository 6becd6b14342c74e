/*
 * The only place where a status changes meaning: (state, event, now) in, new state and effects out. Pure.
 *
 * job/        One job. `createJob` → `applyJob`, which runs from the table `MOVES`: start reading in job/moves/job-moves.ts.
 * pipeline/   Many jobs. `createPipeline` (or `restorePipeline`) → `applyPipeline`: whose turn it is, retries, cancelling, the sum.
 * decisions/  Single questions, each one function: the sum of jobs, retry or not, what a newer pipeline supersedes, …
 * testing/    What only tests use; its `model` explores every state that a job, its runners and a bad network can get into.
 *
 * Whoever drives it (a local run, the coordinator) feeds in what happened, stores the state, and does what the effects say.
 * docs/lifecycle.md is printed from the tables here.
 */
export {
  type AutoCancelDecision,
  decideAutoCancel,
  maySupersede,
  type NewerPipeline,
  type OlderPipeline,
} from './decisions/decide-auto-cancel.ts';
export { ROLL_UP, type RollUpRule } from './decisions/index.ts';
export {
  type ProcessMode,
  pickForResource,
  type ResourceCandidate,
} from './decisions/pick-for-resource.ts';
export {
  type CancelCause,
  type CancelRequest,
  DEFAULT_POLICY,
  type ForceRequest,
  type JobEffect,
  type JobEvent,
  type JobPolicy,
  type JobState,
  MOVES,
  type MoveRow,
  nextDue,
  type Refusal,
  type RunnerFeatures,
} from './job/index.ts';
export { applyPipeline } from './pipeline/apply-pipeline.ts';
export { createPipeline } from './pipeline/create-pipeline.ts';
export type { OutsideJobEvent, PipelineEffect, PipelineEvent, PipelineResult } from './pipeline/pipeline-event.ts';
export { type JobRow, type RestoreOptions, restorePipeline, rowOf } from './pipeline/restore-pipeline.ts';
export type {
  PipelineCancel,
  PipelineJob,
  PipelineOptions,
  PipelineState,
  SchedulableJob,
} from './pipeline/state/pipeline-state.ts';
export { currentJobs, everyJob, findJob, stageStatus } from './pipeline/state/read-pipeline.ts';
export { ACCEPTED } from './pipeline/take-turns.ts';
