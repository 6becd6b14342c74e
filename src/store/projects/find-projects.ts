import { type SelectQueryBuilder, sql } from 'kysely';
import { likeText } from '../people/users.ts';
import type { Page } from '../schema/page.ts';
import type { Tables } from '../schema/tables.ts';
import { unexpired } from '../schema/unexpired.ts';
import type { Db } from '../store.ts';
import { PROJECT_COLUMNS, type ProjectRecord, projectOf, type Visibility } from './project-record.ts';

export async function findProject(db: Db, id: number): Promise<ProjectRecord | null> {
  const row = await living(db).select(PROJECT_COLUMNS).where('projects.id', '=', id).executeTakeFirst();
  return row === undefined ? null : projectOf(row);
}

/** By its full path; case does not matter. */
export async function findProjectByPath(db: Db, fullPath: string): Promise<ProjectRecord | null> {
  const row = await living(db)
    .select(PROJECT_COLUMNS)
    .where(({ fn }) => fn('lower', ['full_path']), '=', fullPath.toLowerCase())
    .executeTakeFirst();
  return row === undefined ? null : projectOf(row);
}

export interface ProjectFilter {
  /** What the one who asks may see. */
  readonly visibleTo: {
    /** Of all, these are seen. */
    readonly visibilities: readonly Visibility[];
    /** And those that this user is a member of; null: nobody in particular. */
    readonly userId: number | null;
    /** And this one: whose token it is. Null: it is nobody's in particular. */
    readonly projectId: number | null;
  };
  /** Only those that the user of `visibleTo` is a member of. */
  readonly isMember: boolean;
  /** Only those in the user's own namespace. */
  readonly isOwned: boolean;
  readonly isArchived: boolean | null;
  readonly visibility: Visibility | null;
  /** Part of a name or a path. */
  readonly search: string | null;
}

/** By id. */
export async function listProjects(db: Db, filter: ProjectFilter, page: Page): Promise<readonly ProjectRecord[]> {
  const { limit, offset, after, order } = page;
  const rows = await matching(db, filter)
    .select(PROJECT_COLUMNS)
    .$if(after !== null, (rest) => rest.where('projects.id', order === 'desc' ? '<' : '>', after ?? 0))
    .orderBy('projects.id', order)
    .limit(limit)
    .offset(offset)
    .execute();
  return rows.map(projectOf);
}

export async function countProjects(db: Db, filter: ProjectFilter): Promise<number> {
  const { total } = await matching(db, filter)
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return Number(total);
}

function living(db: Db): SelectQueryBuilder<Tables, 'projects', object> {
  return db.query.selectFrom('projects').where('deleted_at', 'is', null);
}

function matching(db: Db, filter: ProjectFilter): SelectQueryBuilder<Tables, 'projects', object> {
  const { userId, projectId, visibilities } = filter.visibleTo;
  const owned = db.query
    .selectFrom('namespaces')
    .select('id')
    .where('owner_id', '=', userId ?? 0);
  const joined = (source: string) =>
    db.query
      .selectFrom('members')
      .select('source_id')
      .where('source', '=', source)
      .where('user_id', '=', userId ?? 0)
      .where(unexpired(db));
  const part = `%${likeText((filter.search ?? '').toLowerCase())}%`;
  return living(db)
    .where(({ eb, or }) =>
      or([
        ...(filter.isMember || filter.isOwned || visibilities.length === 0
          ? []
          : [eb('visibility', 'in', [...visibilities])]),
        ...(filter.isOwned
          ? []
          : [eb('projects.id', 'in', joined('project')), eb('namespace_id', 'in', below(db, joined('namespace')))]),
        ...(filter.isOwned || projectId === null ? [] : [eb('projects.id', '=', projectId)]),
        eb('namespace_id', 'in', owned),
      ]),
    )
    .$if(filter.isArchived !== null, (query) => query.where('archived', '=', filter.isArchived ? 1 : 0))
    .$if(filter.visibility !== null, (query) => query.where('visibility', '=', filter.visibility ?? ''))
    .$if(filter.search !== null, (query) =>
      query.where(({ eb, fn, or, val }) =>
        or(
          (['projects.name', 'full_path'] as const).map((column) =>
            eb(fn<string>('lower', [column]), 'like', eb.cast<string>(val(part), 'text')),
          ),
        ),
      ),
    );
}

/** These namespaces and all that lie in them: who is a member of one is of those too. Compared letter by letter, since a path may hold a `_`. */
function below(db: Db, ids: SelectQueryBuilder<Tables, 'members', { source_id: number }>) {
  const path = sql<string>`lower(namespaces.path)`;
  const top = sql<string>`lower(top.path)`;
  return db.query
    .selectFrom('namespaces')
    .innerJoin('namespaces as top', (join) => join.onTrue())
    .select('namespaces.id')
    .where('top.id', 'in', ids)
    .where(({ eb, or }) =>
      or([
        eb('namespaces.id', '=', eb.ref('top.id')),
        eb(sql<string>`substr(${path}, 1, length(${top}) + 1)`, '=', sql<string>`${top} || '/'`),
      ]),
    );
}

/** When each of these was deleted, UTC ms; null: it was not. One that is missing never was. */
export async function findProjectEnds(db: Db, ids: readonly number[]): Promise<ReadonlyMap<number, number | null>> {
  const ends = new Map<number, number | null>();
  for (let from = 0; from < ids.length; from += IDS_AT_A_TIME) {
    const some = ids.slice(from, from + IDS_AT_A_TIME);
    const rows = await db.query.selectFrom('projects').select(['id', 'deleted_at']).where('id', 'in', some).execute();
    for (const { id, deleted_at: deletedAt } of rows) ends.set(id, deletedAt);
  }
  return ends;
}

const IDS_AT_A_TIME = 1_000;
