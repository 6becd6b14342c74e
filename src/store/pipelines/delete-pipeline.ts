import type { Status } from '../../protocol/index.ts';
import type { Db, Tx } from '../store.ts';

export async function setPipelineName(tx: Tx, id: number, name: string): Promise<void> {
  const row = await tx.query
    .updateTable('pipelines')
    .set({ name, updated_at: tx.now() })
    .where('id', '=', id)
    .returning(['version', 'project_id'])
    .executeTakeFirst();
  if (row === undefined) return;
  tx.publish({ kind: 'pipeline', id, value: row.version });
  tx.publish({ kind: 'project', id: row.project_id, value: id });
}

/** A pipeline and all that it started, the ones further down first. */
export async function listPipelineLine(
  db: Db,
  id: number,
): Promise<readonly { readonly id: number; readonly status: Status }[]> {
  const line: { id: number; status: Status }[] = [];
  let column: 'id' | 'parent_pipeline_id' = 'id';
  for (let ids = [id]; ids.length > 0; column = 'parent_pipeline_id') {
    const rows = await db.query.selectFrom('pipelines').select(['id', 'status']).where(column, 'in', ids).execute();
    line.unshift(...rows.map((row) => ({ id: row.id, status: row.status as Status })));
    ids = rows.map((row) => row.id);
  }
  return line;
}

/** Takes a finished pipeline's rows away. What its jobs left elsewhere (logs, artifacts) has to be gone before. */
export async function deletePipeline(tx: Tx, id: number): Promise<void> {
  const ofJobs = tx.query.selectFrom('jobs').select('id').where('pipeline_id', '=', id);
  for (const table of ['logs', 'log_chunks', 'log_marks', 'artifacts', 'job_reports'] as const) {
    await tx.query.deleteFrom(table).where('job_id', 'in', ofJobs).execute();
  }
  await tx.query.deleteFrom('settlements').where('job_id', 'in', ofJobs).execute();
  // A look at a resource group is of use to others.
  await tx.query.deleteFrom('outbox').where('pipeline_id', '=', id).where('kind', '<>', 'resource').execute();
  for (const table of ['attempts', 'queue', 'wakes', 'resource_holders', 'jobs'] as const) {
    await tx.query.deleteFrom(table).where('pipeline_id', '=', id).execute();
  }
  const [gone] = await tx.query.deleteFrom('pipelines').where('id', '=', id).returning('project_id').execute();
  // Watchers find it gone.
  tx.publish({ kind: 'pipeline', id, value: Number.MAX_SAFE_INTEGER });
  if (gone !== undefined) tx.publish({ kind: 'project', id: gone.project_id, value: id });
}
