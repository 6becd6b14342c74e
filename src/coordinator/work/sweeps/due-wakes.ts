import { listDueWakes } from '../../../store/index.ts';
import type { Parts } from '../../parts.ts';
import { inPipeline } from '../../pipelines/transaction/in-pipeline.ts';

const MOST = 500;

/** Looks at every job whose delay or deadline has come. @returns whether there may be more. */
export async function workOffWakes(parts: Parts, signal: AbortSignal): Promise<boolean> {
  const due = await parts.store.read((db) => listDueWakes(db, MOST));
  for (const { jobId, pipelineId } of due) {
    if (signal.aborted) return false;
    await inPipeline(parts, pipelineId, async (open) =>
      open.send({ type: 'job', job: open.numberOf(jobId), event: { type: 'tick' } }),
    );
  }
  return due.length === MOST;
}
