import type { Db, Tx } from '../store.ts';

/** Branches or tags that only some may push to, and whose jobs are given protected variables. */
export interface ProtectedRef {
  readonly kind: 'branch' | 'tag';
  /** A name, with `*` for any part. */
  readonly pattern: string;
  /** Least access level; 0: nobody. */
  readonly pushRole: number;
  readonly mergeRole: number;
}

export async function listProtectedRefs(db: Db, projectId: number): Promise<readonly ProtectedRef[]> {
  const rows = await db.query
    .selectFrom('protected_refs')
    .select(['kind', 'pattern', 'push_role', 'merge_role'])
    .where('project_id', '=', projectId)
    .orderBy('id')
    .execute();
  return rows.map((row) => ({
    kind: row.kind === 'tag' ? 'tag' : 'branch',
    pattern: row.pattern,
    pushRole: row.push_role,
    mergeRole: row.merge_role,
  }));
}

/** False: that pattern is protected already. */
export async function insertProtectedRef(tx: Tx, projectId: number, ref: ProtectedRef): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx.query
    .insertInto('protected_refs')
    .values({
      project_id: projectId,
      kind: ref.kind,
      pattern: ref.pattern,
      push_role: ref.pushRole,
      merge_role: ref.mergeRole,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** False: there was none. */
export async function deleteProtectedRef(
  tx: Tx,
  projectId: number,
  { kind, pattern }: Pick<ProtectedRef, 'kind' | 'pattern'>,
): Promise<boolean> {
  const { numDeletedRows } = await tx.query
    .deleteFrom('protected_refs')
    .where('project_id', '=', projectId)
    .where('kind', '=', kind)
    .where('pattern', '=', pattern)
    .executeTakeFirst();
  return numDeletedRows === 1n;
}
