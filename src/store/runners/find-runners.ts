import type { SelectQueryBuilder } from 'kysely';
import type { Page } from '../schema/page.ts';
import type { Tables } from '../schema/tables.ts';
import type { Db } from '../store.ts';
import { RUNNER_COLUMNS, type RunnerKind, type RunnerRecord, runnerOf } from './runner-record.ts';

export async function findRunner(db: Db, id: number): Promise<RunnerRecord | null> {
  const row = await db.query.selectFrom('runners').select(RUNNER_COLUMNS).where('id', '=', id).executeTakeFirst();
  return row === undefined ? null : runnerOf(row);
}

/** Also one whose token has expired: that is for the caller to say. */
export async function findRunnerByToken(db: Db, tokenHash: string): Promise<RunnerRecord | null> {
  const row = await db.query
    .selectFrom('runners')
    .select(RUNNER_COLUMNS)
    .where('token_hash', '=', tokenHash)
    .executeTakeFirst();
  return row === undefined ? null : runnerOf(row);
}

/** Null: any. */
export interface RunnerFilter {
  readonly kind: RunnerKind | null;
  /** Given to this project, or shared with it. */
  readonly projectId: number | null;
  readonly isPaused: boolean | null;
  readonly createdBy: number | null;
  /** A manager of it is in quarantine, by its word. */
  readonly isQuarantined: boolean | null;
}

/** By id. */
export async function listRunners(db: Db, filter: RunnerFilter, page: Page): Promise<readonly RunnerRecord[]> {
  const { limit, offset, after, order } = page;
  const rows = await matching(db, filter)
    .select(RUNNER_COLUMNS)
    .$if(after !== null, (rest) => rest.where('id', order === 'desc' ? '<' : '>', after ?? 0))
    .orderBy('id', order)
    .limit(limit)
    .offset(offset)
    .execute();
  return rows.map(runnerOf);
}

export async function countRunners(db: Db, filter: RunnerFilter): Promise<number> {
  const { total } = await matching(db, filter)
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return total;
}

function matching(
  db: Db,
  { kind, projectId, isPaused, createdBy, isQuarantined }: RunnerFilter,
): SelectQueryBuilder<Tables, 'runners', object> {
  const given = db.query
    .selectFrom('runner_projects')
    .select('runner_id')
    .where('project_id', '=', projectId ?? 0);
  const quarantined = db.query
    .selectFrom('runner_managers')
    .select('runner_id')
    .where('quarantine', 'is not', null)
    .where('released', 'is', null);
  return db.query
    .selectFrom('runners')
    .$if(kind !== null, (query) => query.where('kind', '=', kind ?? ''))
    .$if(isPaused !== null, (query) => query.where('is_paused', '=', isPaused ? 1 : 0))
    .$if(createdBy !== null, (query) => query.where('created_by', '=', createdBy))
    .$if(isQuarantined !== null, (query) => query.where('id', isQuarantined ? 'in' : 'not in', quarantined))
    .$if(projectId !== null, (query) =>
      query.where(({ eb, or }) => or([eb('kind', '=', 'instance'), eb('id', 'in', given)])),
    );
}

/** The projects that a runner of kind `project` is given to. */
export async function listRunnerProjects(db: Db, runnerId: number): Promise<readonly number[]> {
  const rows = await db.query
    .selectFrom('runner_projects')
    .select('project_id')
    .where('runner_id', '=', runnerId)
    .orderBy('project_id')
    .execute();
  return rows.map((row) => row.project_id);
}
