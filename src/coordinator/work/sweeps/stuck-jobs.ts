import { listWaitingSince, type Waiting } from '../../../store/index.ts';
import type { Parts } from '../../parts.ts';
import { inPipeline } from '../../pipelines/transaction/in-pipeline.ts';

const MOST = 200;
/** As GitLab: nobody took it in a day. */
const STUCK_MS = 24 * 60 * 60 * 1000;

/** Jobs that nobody took end as `stuck_or_timeout_failure`. Offers of cleanups have a deadline of their own. What is more than fits a turn has the next one. */
export async function dropStuckJobs(parts: Parts, signal: AbortSignal): Promise<boolean> {
  const stuck = await parts.store.read((db) => listWaitingSince(db, db.now() - STUCK_MS, MOST));
  for (const waiting of stuck) {
    if (signal.aborted) return false;
    await dropStuckJob(parts, waiting);
  }
  return false;
}

/** Unless it has been taken meanwhile. */
export async function dropStuckJob(
  parts: Parts,
  { jobId, pipelineId }: Pick<Waiting, 'jobId' | 'pipelineId'>,
): Promise<void> {
  await inPipeline(parts, pipelineId, async (open) => {
    if (open.job(jobId)?.status !== 'pending') return;
    const event = { type: 'drop', reason: 'stuck_or_timeout_failure' } as const;
    open.send({ type: 'job', job: open.numberOf(jobId), event });
  });
}
