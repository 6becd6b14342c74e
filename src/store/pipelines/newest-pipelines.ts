import type { Db } from '../store.ts';
import { PIPELINE_COLUMNS, type PipelineRecord, pipelineOf } from './pipeline-record.ts';

/** The newest pipeline of each of these projects that has one, by project; children are left out. In one statement, one step of an index a project. */
export async function listNewestPipelines(
  db: Db,
  projectIds: readonly number[],
): Promise<ReadonlyMap<number, PipelineRecord>> {
  if (projectIds.length === 0) return new Map();
  const newest = db.query
    .selectFrom('projects')
    .select(({ selectFrom }) =>
      selectFrom('pipelines as own')
        .select('own.id')
        .whereRef('own.project_id', '=', 'projects.id')
        .where('own.parent_pipeline_id', 'is', null)
        .orderBy('own.id', 'desc')
        .limit(1)
        .as('newest'),
    )
    .where('projects.id', 'in', projectIds);
  const rows = await db.query.selectFrom('pipelines').select(PIPELINE_COLUMNS).where('id', 'in', newest).execute();
  return new Map(rows.map(pipelineOf).map((pipeline) => [pipeline.projectId, pipeline]));
}
