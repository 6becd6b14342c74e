import { findPipeline, type PipelineRecord } from '../../../store/index.ts';
import type { Parts } from '../../parts.ts';

/** Every pipeline of a project, oldest first. */
export async function pipelinesOf(
  { store }: Pick<Parts, 'store'>,
  projectId: number,
): Promise<readonly PipelineRecord[]> {
  return await store.read(async (db) => {
    const rows = await db.query
      .selectFrom('pipelines')
      .select('id')
      .where('project_id', '=', projectId)
      .orderBy('id')
      .execute();
    const found: PipelineRecord[] = [];
    for (const { id } of rows) {
      const record = await findPipeline(db, id);
      if (record !== null) found.push(record);
    }
    return found;
  });
}
