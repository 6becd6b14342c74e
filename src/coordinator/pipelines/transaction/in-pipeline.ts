import { Failure } from '../../../base/index.ts';
import { lockPipeline } from '../../../store/index.ts';
import type { Parts } from '../../parts.ts';
import { loadPipeline, loadPlan } from './load-pipeline.ts';
import { OpenPipeline } from './open-pipeline.ts';
import { cacheOf } from './pipeline-cache.ts';
import { writeChanges } from './write-changes.ts';

export interface InPipelineOptions {
  /** Who the jobs belong to that come to be; left out: whoever started the pipeline. */
  readonly userId?: number | null;
}

/**
 * Locks a pipeline, has `work` send it events, and writes what they came to, all in one transaction. Null: no such pipeline.
 * `work` may run again after a conflict, awaits nothing but statements, and locks no other pipeline.
 */
export async function inPipeline<T>(
  { store }: Pick<Parts, 'store'>,
  pipelineId: number,
  work: (open: OpenPipeline) => Promise<T>,
  { userId = null }: InPipelineOptions = {},
): Promise<{ readonly result: T } | null> {
  const cache = cacheOf(store);
  try {
    return await store.write(async (tx) => {
      const record = await lockPipeline(tx, pipelineId);
      if (record === null) return null;
      const open = new OpenPipeline(tx, record, await loadPipeline(tx, record, cache));
      const result = await work(open);
      const plan = await loadPlan(tx, record.planHash, cache);
      const loaded = await writeChanges(open, plan, userId);
      // The next event of this pipeline may come before this one is on disk.
      tx.onCommit(() => cache.keep(loaded));
      return { result };
    }, pipelineId);
  } catch (error) {
    // It may have been committed, then the cached version is simply an old one; dropped, nobody has to think about it.
    if (error instanceof Failure && error.code === 'commit_unknown') cache.drop(pipelineId);
    throw error;
  }
}
