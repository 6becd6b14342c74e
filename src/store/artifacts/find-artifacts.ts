import { sql } from 'kysely';
import { unexpired } from '../schema/unexpired.ts';
import type { Db, Tx } from '../store.ts';
import { type ArtifactRecord, artifactOf } from './artifact-record.ts';

/** The newest successful pipeline of a ref; its children count as it. Null: none. */
export async function latestSuccessfulPipeline(db: Db, projectId: number, ref: string): Promise<number | null> {
  const row = await db.query
    .selectFrom('pipelines')
    .select('id')
    .where('project_id', '=', projectId)
    .where('ref', '=', ref)
    .where('status', '=', 'success')
    .where('parent_pipeline_id', 'is', null)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.id ?? null;
}

/** The newest job of that name in the pipeline, or a child of it, that succeeded and has an archive; its id. */
export async function findJobWithArchive(db: Db, pipelineId: number, name: string): Promise<number | null> {
  const row = await db.query
    .selectFrom('jobs')
    .innerJoin('pipelines', 'pipelines.id', 'jobs.pipeline_id')
    .innerJoin('artifacts', 'artifacts.job_id', 'jobs.id')
    .select('jobs.id')
    .where(({ eb, or }) =>
      or([eb('pipelines.id', '=', pipelineId), eb('pipelines.parent_pipeline_id', '=', pipelineId)]),
    )
    .where('jobs.name', '=', name)
    .where('jobs.status', '=', 'success')
    .where('artifacts.type', '=', 'archive')
    .orderBy('jobs.id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.id ?? null;
}

/** Of a job's row joined with its pipeline's. */
const IS_OF_LATEST = sql<boolean>`coalesce(pipelines.parent_pipeline_id, pipelines.id) = coalesce((select newest.id from pipelines as newest
  where newest.project_id = pipelines.project_id and newest.ref = pipelines.ref and newest.status = 'success'
    and newest.parent_pipeline_id is null order by newest.id desc limit 1), 0)`;

/** Whether it can be had no more, although it may be there still: it has expired, and is not of its ref's newest successful pipeline. */
export async function hasExpired(db: Db, { jobId, expiresAt }: ArtifactRecord): Promise<boolean> {
  if (expiresAt === null || expiresAt > db.now()) return false;
  const row = await db.query
    .selectFrom('jobs')
    .innerJoin('pipelines', 'pipelines.id', 'jobs.pipeline_id')
    .select('jobs.id')
    .where('jobs.id', '=', jobId)
    .where(IS_OF_LATEST)
    .executeTakeFirst();
  return row === undefined;
}

/**
 * Expired ones by id, from after `after`. Those of a ref's newest successful pipeline (and its children) are not among them, as in GitLab's
 * "keep latest": they go when a newer one succeeds.
 */
export async function listExpiredArtifacts(db: Db, after: number, limit: number): Promise<readonly ArtifactRecord[]> {
  const rows = await db.query
    .selectFrom('artifacts')
    .innerJoin('jobs', 'jobs.id', 'artifacts.job_id')
    .innerJoin('pipelines', 'pipelines.id', 'jobs.pipeline_id')
    .selectAll('artifacts')
    .where('artifacts.expires_at', '<=', db.now())
    .where('artifacts.is_kept', '=', 0)
    .where('artifacts.id', '>', after)
    .where(({ not }) => not(IS_OF_LATEST))
    .orderBy('artifacts.id')
    .limit(limit)
    .execute();
  return rows.map(artifactOf);
}

/**
 * All of a project's that are not kept expire now, but those of a ref's newest successful pipeline (and its children), which keep their own end; the
 * sweep does the rest.
 */
export async function expireArtifactsOfProject(tx: Tx, projectId: number): Promise<void> {
  const latest = tx.query
    .selectFrom('jobs')
    .innerJoin('pipelines', 'pipelines.id', 'jobs.pipeline_id')
    .select('jobs.id')
    .where('pipelines.project_id', '=', projectId)
    .where(IS_OF_LATEST);
  await tx.query
    .updateTable('artifacts')
    .set({ expires_at: tx.now() })
    .where('project_id', '=', projectId)
    .where('is_kept', '=', 0)
    .where(unexpired(tx))
    .where('job_id', 'not in', latest)
    .execute();
}

/** Which of these keys an artifact names. */
export async function knownBlobs(db: Db, keys: readonly string[]): Promise<ReadonlySet<string>> {
  if (keys.length === 0) return new Set();
  const rows = await db.query.selectFrom('artifacts').select('blob').where('blob', 'in', keys).execute();
  return new Set(rows.map(({ blob }) => blob));
}
