import type { Db } from '../store.ts';

/** A user as answers name them. */
export interface UserView {
  readonly id: number;
  readonly username: string;
  readonly name: string;
  readonly state: string;
}

/** By id; ids that are nobody's (any more) are left out. */
export async function listUserViews(db: Db, ids: readonly number[]): Promise<ReadonlyMap<number, UserView>> {
  if (ids.length === 0) return new Map();
  const rows = await db.query
    .selectFrom('users')
    .select(['id', 'username', 'name', 'state'])
    .where('id', 'in', ids)
    .execute();
  return new Map(rows.map((row) => [row.id, row]));
}

/** A project as the addresses of its pipelines name it. */
export interface ProjectView {
  readonly id: number;
  readonly fullPath: string;
  readonly name: string;
}

export async function listProjectViews(db: Db, ids: readonly number[]): Promise<ReadonlyMap<number, ProjectView>> {
  if (ids.length === 0) return new Map();
  const rows = await db.query
    .selectFrom('projects')
    .select(['id', 'full_path', 'name'])
    .where('id', 'in', ids)
    .execute();
  return new Map(rows.map(({ id, full_path, name }) => [id, { id, fullPath: full_path, name }]));
}
