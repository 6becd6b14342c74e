export * from './pipeline-event.ts';
export type { PipelineJob, PipelineOptions, PipelineState, SchedulableJob } from './pipeline-state.ts';
