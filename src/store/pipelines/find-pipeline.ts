import { fromJson } from '../schema/json.ts';
import type { Db } from '../store.ts';
import { PIPELINE_COLUMNS, type PipelineRecord, pipelineOf } from './pipeline-record.ts';
import { variablesIdentity } from './write-pipeline.ts';

export async function findPipeline(db: Db, id: number): Promise<PipelineRecord | null> {
  const row = await db.query.selectFrom('pipelines').select(PIPELINE_COLUMNS).where('id', '=', id).executeTakeFirst();
  return row === undefined ? null : pipelineOf(row);
}

/** What it was given, unsealed: as `NewPipeline.variables` was. */
export async function findPipelineVariables(db: Db, id: number): Promise<unknown> {
  const row = await db.query
    .selectFrom('pipelines')
    .select(['project_id', 'iid', 'variables'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (row?.variables == null) return null;
  return fromJson<unknown>(db.sealer.open(variablesIdentity(row.project_id, row.iid), row.variables));
}

/** Children that trigger jobs of this pipeline have started, oldest first. */
export async function listChildPipelines(db: Db, id: number): Promise<readonly PipelineRecord[]> {
  const rows = await db.query
    .selectFrom('pipelines')
    .select(PIPELINE_COLUMNS)
    .where('parent_pipeline_id', '=', id)
    .orderBy('id')
    .execute();
  return rows.map(pipelineOf);
}

/** The pipeline that a trigger job has started. */
export async function findChildPipeline(db: Db, parentJobId: number): Promise<PipelineRecord | null> {
  const row = await db.query
    .selectFrom('pipelines')
    .select(PIPELINE_COLUMNS)
    .where('parent_job_id', '=', parentJobId)
    .executeTakeFirst();
  return row === undefined ? null : pipelineOf(row);
}
