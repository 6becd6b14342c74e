import type { PipelineJob } from '../../../lifecycle/index.ts';
import { rowOf } from '../../../lifecycle/index.ts';
import type { PlannedJob } from '../../../protocol/index.ts';
import type { NewJob } from '../../../store/index.ts';

/** What is stored of a job when it is made. */
export function newJob(job: PipelineJob, planned: PlannedJob, userId: number | null): NewJob {
  return {
    number: job.number,
    position: job.position,
    name: planned.name,
    stage: planned.stage,
    stageIndex: planned.stageIndex,
    kind: planned.isTrigger ? 'trigger' : 'script',
    tags: planned.tags,
    resourceGroup: planned.resourceGroup,
    state: rowOf(job).state,
    allowFailure: job.allowFailure,
    userId,
  };
}
