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

/** Null: nobody has this name. */
export async function findUserIdByName(db: Db, username: string): Promise<number | null> {
  const row = await db.query.selectFrom('users').select('id').where('username', '=', username).executeTakeFirst();
  return row?.id ?? null;
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

/** Who may push to, or merge into, the protected branches and tags of a project: numbers of levels of access. */
export async function listProtectedRefViews(
  db: Db,
  projectId: number,
): Promise<
  readonly {
    readonly kind: string;
    readonly pattern: string;
    readonly pushLevel: number;
    readonly mergeLevel: number;
  }[]
> {
  const rows = await db.query
    .selectFrom('protected_refs')
    .select(['kind', 'pattern', 'push_role', 'merge_role'])
    .where('project_id', '=', projectId)
    .execute();
  return rows.map(({ kind, pattern, push_role, merge_role }) => {
    return { kind, pattern, pushLevel: push_role, mergeLevel: merge_role };
  });
}

/** Whom a trigger token acts for, and in which project; null: it is no such token, or not good any more. */
export async function findTriggerToken(
  db: Db,
  tokenHash: string,
): Promise<{ readonly id: number; readonly projectId: number; readonly userId: number | null } | null> {
  const row = await db.query
    .selectFrom('tokens')
    .leftJoin('users', 'users.id', 'tokens.user_id')
    .select(['tokens.id', 'project_id', 'user_id', 'expires_at', 'users.state as user_state'])
    .where('token_hash', '=', tokenHash)
    .where('kind', '=', 'trigger')
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  if (row === undefined || row.project_id === null) return null;
  if (row.user_id !== null && row.user_state !== 'active') return null;
  if (row.expires_at !== null && row.expires_at <= db.now()) return null;
  return { id: row.id, projectId: row.project_id, userId: row.user_id };
}
