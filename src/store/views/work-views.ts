import { JOB_COLUMNS, type JobRecord, jobOf } from '../jobs/job-record.ts';
import { PIPELINE_COLUMNS, type PipelineRecord, pipelineOf } from '../pipelines/pipeline-record.ts';
import { RUNNER_COLUMNS, type RunnerRecord, runnerOf } from '../runners/runner-record.ts';
import type { Db } from '../store.ts';

/** By id. */
export async function listPipelinesById(db: Db, ids: readonly number[]): Promise<ReadonlyMap<number, PipelineRecord>> {
  if (ids.length === 0) return new Map();
  const rows = await db.query.selectFrom('pipelines').select(PIPELINE_COLUMNS).where('id', 'in', ids).execute();
  return new Map(rows.map((row) => [row.id, pipelineOf(row)]));
}

/** The pipelines that jobs of these have started, by the job that did. */
export async function listChildrenOf(
  db: Db,
  pipelineIds: readonly number[],
): Promise<ReadonlyMap<number, PipelineRecord>> {
  if (pipelineIds.length === 0) return new Map();
  const rows = await db.query
    .selectFrom('pipelines')
    .select(PIPELINE_COLUMNS)
    .where('parent_pipeline_id', 'in', pipelineIds)
    .execute();
  return new Map(rows.map(pipelineOf).map((child) => [child.parentJobId ?? 0, child]));
}

export async function listJobsById(db: Db, ids: readonly number[]): Promise<ReadonlyMap<number, JobRecord>> {
  if (ids.length === 0) return new Map();
  const rows = await db.query.selectFrom('jobs').select(JOB_COLUMNS).where('id', 'in', ids).execute();
  return new Map(rows.map((row) => [row.id, jobOf(row)]));
}

/** Jobs of a pipeline that an event touched at this instant or later, by id. */
export async function listJobsTouchedSince(db: Db, pipelineId: number, since: number): Promise<readonly JobRecord[]> {
  const rows = await db.query
    .selectFrom('jobs')
    .select(JOB_COLUMNS)
    .where('pipeline_id', '=', pipelineId)
    .where('updated_at', '>=', since)
    .orderBy('id')
    .execute();
  return rows.map(jobOf);
}

export async function listRunnersById(db: Db, ids: readonly number[]): Promise<ReadonlyMap<number, RunnerRecord>> {
  if (ids.length === 0) return new Map();
  const rows = await db.query.selectFrom('runners').select(RUNNER_COLUMNS).where('id', 'in', ids).execute();
  return new Map(rows.map((row) => [row.id, runnerOf(row)]));
}
