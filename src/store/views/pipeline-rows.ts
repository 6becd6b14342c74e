import { sql } from 'kysely';
import { isFinished, type Status } from '../../protocol/index.ts';
import { stateOf } from '../jobs/job-columns.ts';
import type { Db } from '../store.ts';

/** A pipeline and those below it. */
export interface PipelineLine {
  readonly ids: readonly number[];
  /** Another one whenever one of them has changed. */
  readonly versions: string;
}

/** By the pipeline at its top; in one statement. */
export async function listLines(db: Db, ids: readonly number[]): Promise<ReadonlyMap<number, PipelineLine>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<{ top: number; id: number; version: number }>`
    with recursive line (top, id, version) as (
      select id, id, version from pipelines where id in (${sql.join(ids)})
      union all
      select line.top, pipelines.id, pipelines.version from line join pipelines on pipelines.parent_pipeline_id = line.id)
    select top, id, version from line order by top, id`.execute(db.query);
  const lines = new Map<number, { ids: number[]; versions: string }>();
  for (const { top, id, version } of rows) {
    const line = lines.get(top) ?? { ids: [], versions: '' };
    line.ids.push(id);
    line.versions += `${id}.${version} `;
    lines.set(top, line);
  }
  return lines;
}

/** How many jobs of a stage, retried ones left out, have which status. */
export interface StageCount {
  readonly pipelineId: number;
  readonly stage: string;
  readonly status: Status;
  readonly isAllowedToFail: boolean;
  readonly count: number;
}

/** Stages in their order. */
export async function countStages(db: Db, ids: readonly number[]): Promise<readonly StageCount[]> {
  if (ids.length === 0) return [];
  const rows = await db.query
    .selectFrom('jobs')
    .select(['pipeline_id', 'stage_index', 'stage', 'status', 'allow_failure'])
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('pipeline_id', 'in', ids)
    .where('is_retried', '=', 0)
    .groupBy(['pipeline_id', 'stage_index', 'stage', 'status', 'allow_failure'])
    .orderBy('pipeline_id')
    .orderBy('stage_index')
    .orderBy('status')
    .execute();
  return rows.map((row) => ({
    pipelineId: row.pipeline_id,
    stage: row.stage,
    status: row.status as Status,
    isAllowedToFail: row.allow_failure === 1,
    count: Number(row.count),
  }));
}

/** A job in teardown. */
export interface TeardownView {
  readonly pipelineId: number;
  /** UTC ms by the database's clock; null: it has none. */
  readonly deadline: number | null;
}

export async function listTeardowns(db: Db, ids: readonly number[]): Promise<readonly TeardownView[]> {
  if (ids.length === 0) return [];
  const rows = await db.query
    .selectFrom('jobs')
    .select(['pipeline_id', 'state'])
    .where('pipeline_id', 'in', ids)
    .where('phase', '=', 'teardown')
    .execute();
  return rows
    .map((row) => ({ pipelineId: row.pipeline_id, state: stateOf(row.state) }))
    .filter(({ state }) => !isFinished(state.status))
    .map(({ pipelineId, state }) => ({ pipelineId, deadline: state.deadline }));
}

/** How many cleanups are owed, or did not end well, by pipeline and outcome (`open`: none yet). */
export async function countCleanups(
  db: Db,
  ids: readonly number[],
): Promise<readonly { readonly pipelineId: number; readonly outcome: string; readonly count: number }[]> {
  const counts: { pipelineId: number; outcome: string; count: number }[] = [];
  for (let from = 0; from < ids.length; from += IDS_AT_A_TIME) {
    const rows = await db.query
      .selectFrom('jobs')
      .select(['pipeline_id', 'cleanup_outcome', ({ fn }) => fn.countAll<number>().as('count')])
      .where('pipeline_id', 'in', ids.slice(from, from + IDS_AT_A_TIME))
      .where('is_owed', '=', 1)
      .groupBy(['pipeline_id', 'cleanup_outcome'])
      .execute();
    for (const { pipeline_id: pipelineId, cleanup_outcome: outcome, count } of rows) {
      counts.push({ pipelineId, outcome: outcome ?? 'open', count: Number(count) });
    }
  }
  return counts;
}

/** Projects with thousands of child pipelines are more than a statement may bind. */
const IDS_AT_A_TIME = 1_000;

const RECENT = 50;
const SAMPLE = 10;

/**
 * How long a pipeline of this ref takes, in ms: the median of the last ten that succeeded among its last fifty; where the ref has none, of the
 * project. Null: none has succeeded yet.
 */
export async function findUsualDuration(db: Db, projectId: number, ref: string): Promise<number | null> {
  const ofRef = await durationsOf(db, projectId, ref);
  return medianOf(ofRef.length > 0 ? ofRef : await durationsOf(db, projectId, null));
}

async function durationsOf(db: Db, projectId: number, ref: string | null): Promise<readonly number[]> {
  const recent = db.query
    .selectFrom('pipelines')
    .select(['id', 'status', 'started_at', 'finished_at', 'parent_pipeline_id'])
    .where('project_id', '=', projectId)
    .$if(ref !== null, (some) => some.where('ref', '=', ref ?? ''))
    .orderBy('id', 'desc')
    .limit(RECENT)
    .as('recent');
  const rows = await db.query
    .selectFrom(recent)
    .select(['started_at', 'finished_at'])
    .where('status', '=', 'success')
    .where('parent_pipeline_id', 'is', null)
    .where('started_at', 'is not', null)
    .where('finished_at', 'is not', null)
    .orderBy('id', 'desc')
    .limit(SAMPLE)
    .execute();
  return rows.map((row) => Math.max(0, (row.finished_at ?? 0) - (row.started_at ?? 0)));
}

function medianOf(values: readonly number[]): number | null {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}
