import type { Route } from '../http/index.ts';
import type { Parts } from '../parts.ts';
import { jobReads } from './jobs/read-jobs.ts';
import { pipelineReads } from './pipelines/read-pipelines.ts';

/** Every route of this part. */
export function restRoutes(parts: Parts): readonly Route[] {
  return [...pipelineReads(parts), ...jobReads(parts)];
}
