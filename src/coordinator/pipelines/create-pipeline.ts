import type { Parts } from '../parts.ts';
import type { PipelineAnswer, PipelineRequest } from './pipeline-request.ts';

/** Makes the pipeline of a commit: facts, plan and rows, the last in one transaction. By push, an invalid file makes a failed pipeline that names its problems. */
export async function createPipeline(_parts: Parts, _request: PipelineRequest): Promise<PipelineAnswer> {
  throw new Error('bug: not built yet');
}
