export * from './apply-pipeline.ts';
export { createPipeline } from './create-pipeline.ts';
export * from './pipeline-event.ts';
export type { PipelineJob, PipelineState } from './pipeline-state.ts';
export * from './read-pipeline.ts';
export { ACCEPTED } from './take-turns.ts';
