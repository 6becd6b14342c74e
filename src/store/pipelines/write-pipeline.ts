import { sql } from 'kysely';
import { invariant } from '../../base/index.ts';
import type { PipelineCancel } from '../../lifecycle/index.ts';
import type { Status } from '../../protocol/index.ts';
import { isFinished } from '../../protocol/index.ts';
import { DATABASE_NOW, noteInstant } from '../connection/instants.ts';
import { bit, toJson } from '../schema/json.ts';
import type { Tx } from '../store.ts';
import {
  type NewPipeline,
  PIPELINE_COLUMNS,
  type PipelineRecord,
  type PipelineRow,
  pipelineOf,
} from './pipeline-record.ts';

/**
 * Inserts a pipeline at version 1 and draws its `iid`: pipelines of one project are made one after the other. Its jobs follow: `insertJobs`.
 * @param start is asked once, with the time at which the project was had
 */
export async function insertPipeline<Started extends { readonly status: Status }>(
  tx: Tx,
  pipeline: NewPipeline,
  start: (now: number) => Started,
): Promise<{ readonly id: number; readonly iid: number; readonly started: Started }> {
  const project = await tx.query
    .updateTable('projects')
    .set((row) => ({ last_iid: row('last_iid', '+', 1) }))
    .where('id', '=', pipeline.projectId)
    .returning(['last_iid', ...(tx.engine === 'postgres' ? [sql<number>`${sql.raw(DATABASE_NOW)}`.as('now')] : [])])
    .executeTakeFirst();
  invariant(project !== undefined, `project ${pipeline.projectId} is there`);
  // Of the moment when the project was had: a later pipeline is never the older one.
  if (project.now !== undefined) noteInstant(tx, project.now);
  const iid = project.last_iid;
  const now = tx.now();
  const started = start(now);
  const { id } = await tx.query
    .insertInto('pipelines')
    .values({
      project_id: pipeline.projectId,
      iid,
      version: 1,
      status: started.status,
      ref: pipeline.ref,
      is_tag: bit(pipeline.isTag),
      sha: pipeline.sha,
      before_sha: pipeline.beforeSha,
      source: pipeline.source,
      user_id: pipeline.userId,
      name: pipeline.name,
      plan_hash: pipeline.planHash,
      is_protected: bit(pipeline.isProtected),
      parent_pipeline_id: pipeline.parentPipelineId,
      parent_job_id: pipeline.parentJobId,
      on_new_commit: pipeline.onNewCommit,
      facts: toJson(pipeline.facts),
      variables: tx.sealer.seal(variablesIdentity(pipeline.projectId, iid), toJson(pipeline.variables)),
      problems: pipeline.problems.length === 0 ? null : toJson(pipeline.problems),
      created_at: now,
      updated_at: now,
      finished_at: isFinished(started.status) ? now : null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return { id, iid, started };
}

/** A pipeline's id is not known yet when its variables are sealed; this names it as well. */
export function variablesIdentity(projectId: number, iid: number): string {
  return `pipeline variables ${projectId} ${iid}`;
}

/** Locks the pipeline's row until the transaction ends, and moves `tx.now()` on to when it was had. First statement of every event; null: no such pipeline. */
export async function lockPipeline(tx: Tx, id: number): Promise<PipelineRecord | null> {
  const columns = sql.join(PIPELINE_COLUMNS.map((name) => sql.ref(name)));
  if (tx.engine === 'sqlite') {
    const { rows } = await sql<PipelineRow>`select ${columns} from pipelines where id = ${id}`.execute(tx.query);
    return rows[0] === undefined ? null : pipelineOf(rows[0]);
  }
  // The time is taken outside of the locking part, that is, after it.
  const { rows } = await sql<PipelineRow & { now: number }>`
    with locked as materialized (select ${columns} from pipelines where id = ${id} for update)
    select *, ${sql.raw(DATABASE_NOW)} as now from locked`.execute(tx.query);
  if (rows[0] === undefined) return null;
  noteInstant(tx, rows[0].now);
  return pipelineOf(rows[0]);
}

export interface PipelineChange {
  readonly version: number;
  readonly status: Status;
  readonly cancelRequest: PipelineCancel | null;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
}

/** What an event left of the pipeline itself. The row has to be locked. */
export async function updatePipeline(tx: Tx, id: number, change: PipelineChange): Promise<void> {
  await tx.query
    .updateTable('pipelines')
    .set({
      version: change.version,
      status: change.status,
      cancel_request: change.cancelRequest === null ? null : toJson(change.cancelRequest),
      started_at: change.startedAt,
      finished_at: change.finishedAt,
      updated_at: tx.now(),
    })
    .where('id', '=', id)
    .execute();
}
