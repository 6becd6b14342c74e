import type { Db, Tx } from '../store.ts';

/** What a push has to know of its project. */
export interface ProjectForPush {
  readonly id: number;
  readonly fullPath: string;
  /** The last part of `fullPath`. */
  readonly path: string;
  readonly isArchived: boolean;
  /** Null: none was ever pushed or set. */
  readonly defaultBranch: string | null;
  readonly protectedRefs: readonly ProtectedRefRule[];
}

export interface ProtectedRefRule {
  readonly kind: 'branch' | 'tag';
  /** `*` stands for any text. */
  readonly pattern: string;
  /** Least access level that may push (of a tag: make it); 0: nobody may. */
  readonly pushRole: number;
  readonly mergeRole: number;
}

/** Null: no such project, or it is deleted. */
export async function findProjectForPush(db: Db, id: number): Promise<ProjectForPush | null> {
  const row = await db.query
    .selectFrom('projects')
    .select(['full_path', 'path', 'archived', 'default_branch'])
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  if (row === undefined) return null;
  const rules = await db.query
    .selectFrom('protected_refs')
    .select(['kind', 'pattern', 'push_role', 'merge_role'])
    .where('project_id', '=', id)
    .orderBy('id')
    .execute();
  return {
    id,
    fullPath: row.full_path,
    path: row.path,
    isArchived: row.archived === 1,
    defaultBranch: row.default_branch,
    protectedRefs: rules.map(({ kind, pattern, push_role, merge_role }) => ({
      kind: kind === 'tag' ? 'tag' : 'branch',
      pattern,
      pushRole: push_role,
      mergeRole: merge_role,
    })),
  };
}

/** Makes a branch the default of a project, and protects it (maintainers push and merge) unless a rule of that name is there. */
export async function setFirstBranch(tx: Tx, projectId: number, name: string): Promise<void> {
  await tx.query
    .updateTable('projects')
    .set({ default_branch: name, updated_at: tx.now() })
    .where('id', '=', projectId)
    .execute();
  await tx.query
    .insertInto('protected_refs')
    .values({ project_id: projectId, kind: 'branch', pattern: name, push_role: 40, merge_role: 40 })
    .onConflict((conflict) => conflict.columns(['project_id', 'kind', 'pattern']).doNothing())
    .execute();
}
