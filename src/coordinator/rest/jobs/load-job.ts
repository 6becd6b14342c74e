import { type Db, type JobRecord, listChildrenOf } from '../../../store/index.ts';
import type { Parts } from '../../parts.ts';
import type { Bridge, FullJob } from '../schemas/job.ts';
import { gatherJobs } from '../shapes/gather-jobs.ts';
import { showBridge, showJob } from '../shapes/show-job.ts';

/** A job of either kind, with what it takes from other tables. */
export async function loadJob(db: Db, job: JobRecord, { base }: Pick<Parts, 'base'>): Promise<FullJob | Bridge> {
  const around = await gatherJobs(db, [job], { projectId: job.projectId, base });
  if (job.kind === 'script') return showJob(job, around);
  return showBridge(job, around, (await listChildrenOf(db, [job.pipelineId])).get(job.id));
}
