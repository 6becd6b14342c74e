import { assemblePipeline } from './state/assemble-pipeline.ts';
import { makeJob } from './state/make-job.ts';
import type { PipelineOptions, PipelineState, SchedulableJob } from './state/pipeline-state.ts';
import { shapeOf } from './state/shape-of.ts';

/** A pipeline whose jobs are all `created`. Send it `start` to set it going. */
export function createPipeline(rules: readonly SchedulableJob[], options: PipelineOptions): PipelineState {
  const shape = shapeOf(rules, options);
  const jobs = rules.map((_, position) => makeJob(shape, position, position, 0));
  return assemblePipeline({ shape, jobs, status: 'created', cancelRequest: null });
}
