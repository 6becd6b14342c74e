export * from './apply-pipeline.ts';
export { createPipeline } from './create-pipeline.ts';
export * from './decide-auto-cancel.ts';
export * from './pick-for-resource.ts';
export * from './pipeline-event.ts';
export type { PipelineJob, PipelineOptions, PipelineState, SchedulableJob } from './pipeline-state.ts';
export * from './read-pipeline.ts';
export { ROLL_UP, type RollUpRule, type Token } from './roll-up.ts';
export { ACCEPTED } from './take-turns.ts';
