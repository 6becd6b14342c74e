import type { Db } from '../store.ts';

/** A variable of the instance or of a project, unsealed. */
export interface StoredVariable {
  readonly scope: 'instance' | 'project';
  readonly key: string;
  readonly value: string;
  readonly kind: 'env_var' | 'file';
  readonly isProtected: boolean;
  readonly isMasked: boolean;
  /** `$` stays as written. */
  readonly isRaw: boolean;
  /** `*`, a name, or a pattern such as `review/*`. */
  readonly environmentScope: string;
}

/** What the value of a variable is sealed for. `ownerId`: of the project; 0 for the instance. */
export function variableIdentity(scope: string, ownerId: number, key: string, environmentScope: string): string {
  return `variable ${scope} ${ownerId} ${key} ${environmentScope}`;
}

/** Those of the instance first, then those of the project. */
export async function listVariablesForPipelines(db: Db, projectId: number): Promise<readonly StoredVariable[]> {
  const rows = await db.query
    .selectFrom('variables')
    .select(['scope', 'owner_id', 'key', 'value', 'kind', 'is_protected', 'is_masked', 'is_raw', 'environment_scope'])
    .where(({ eb, and, or }) =>
      or([
        and([eb('scope', '=', 'instance'), eb('owner_id', '=', 0)]),
        and([eb('scope', '=', 'project'), eb('owner_id', '=', projectId)]),
      ]),
    )
    .orderBy('scope')
    .orderBy('id')
    .execute();
  return rows.map((row) => ({
    scope: row.scope === 'instance' ? 'instance' : 'project',
    key: row.key,
    value: db.sealer.open(variableIdentity(row.scope, row.owner_id, row.key, row.environment_scope), row.value),
    kind: row.kind === 'file' ? 'file' : 'env_var',
    isProtected: row.is_protected === 1,
    isMasked: row.is_masked === 1,
    isRaw: row.is_raw === 1,
    environmentScope: row.environment_scope,
  }));
}
