/*
 * Pipelines: made, and changed by one event at a time. Start with apply-event.ts. No rule stands here: a status changes only in `lifecycle`.
 */
export { applyEvent } from './apply-event.ts';
export { cancelJob, type PlayAnswer, playJob, type RetryAnswer, retryJob } from './change-job.ts';
export { cancelPipeline, retryPipeline } from './change-pipeline.ts';
export { givenVariable } from './create/given-variable.ts';
export { type Compiled, compileFor } from './create/prepare-pipeline.ts';
export type { PipelineOrigin } from './create/prepared-pipeline.ts';
export { fitsPattern } from './create/protected-ref.ts';
export type { StoredCommit, StoredFacts } from './create/stored-facts.ts';
export { type Alongside, createPipeline } from './create-pipeline.ts';
export type { EventAnswer } from './event-answer.ts';
export { findPlannedJob, findPlanOf } from './find-planned-job.ts';
export type { Person } from './person.ts';
export type { GivenVariable, PipelineAnswer, PipelineRequest } from './pipeline-request.ts';
