import type { Selectable } from 'kysely';
import { variableIdentity } from '../pipelines/variables-for-pipelines.ts';
import { bit } from '../schema/json.ts';
import type { Page } from '../schema/page.ts';
import type { Tables } from '../schema/tables.ts';
import type { Db, Tx } from '../store.ts';

/** Whose variables: a project's, or those of the whole instance. */
export type VariableOwner = { readonly scope: 'instance' } | { readonly scope: 'project'; readonly projectId: number };

export interface NewVariable {
  readonly key: string;
  /** `*`, a name, or a pattern such as `review/*`; a key may be there once for each. */
  readonly environmentScope: string;
  readonly value: string;
  readonly kind: 'env_var' | 'file';
  /** For jobs of protected refs alone. */
  readonly isProtected: boolean;
  /** Masked in logs. */
  readonly isMasked: boolean;
  /** Nobody is shown the value again, only jobs get it. */
  readonly isHidden: boolean;
  /** `$` stays as written. */
  readonly isRaw: boolean;
  readonly description: string | null;
}

export type VariableRecord = NewVariable & { readonly id: number };

/** Null: that key has a variable for that scope. */
export async function insertVariable(tx: Tx, owner: VariableOwner, variable: NewVariable): Promise<number | null> {
  const row = await tx.query
    .insertInto('variables')
    .values({ scope: owner.scope, owner_id: ownerId(owner), ...columnsOf(tx, owner, variable) })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  return row?.id ?? null;
}

/** False: another variable has that key and scope. */
export async function updateVariable(
  tx: Tx,
  owner: VariableOwner,
  id: number,
  variable: NewVariable,
): Promise<boolean> {
  const taken = await tx.query
    .selectFrom('variables')
    .select('id')
    .where('scope', '=', owner.scope)
    .where('owner_id', '=', ownerId(owner))
    .where('key', '=', variable.key)
    .where('environment_scope', '=', variable.environmentScope)
    .where('id', '<>', id)
    .executeTakeFirst();
  if (taken !== undefined) return false;
  await tx.query
    .updateTable('variables')
    .set(columnsOf(tx, owner, variable))
    .where('id', '=', id)
    .execute();
  return true;
}

export async function deleteVariable(tx: Tx, id: number): Promise<void> {
  await tx.query.deleteFrom('variables').where('id', '=', id).execute();
}

/** All with that key, one for each environment scope. */
export async function findVariables(db: Db, owner: VariableOwner, key: string): Promise<readonly VariableRecord[]> {
  const rows = await ownedBy(db, owner).where('key', '=', key).orderBy('id').execute();
  return rows.map((row) => variableOf(db, row));
}

/** By id. */
export async function listVariables(
  db: Db,
  owner: VariableOwner,
  { limit, offset }: Pick<Page, 'limit' | 'offset'>,
): Promise<readonly VariableRecord[]> {
  const rows = await ownedBy(db, owner).orderBy('id').limit(limit).offset(offset).execute();
  return rows.map((row) => variableOf(db, row));
}

export async function countVariables(db: Db, owner: VariableOwner): Promise<number> {
  const { total } = await db.query
    .selectFrom('variables')
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .where('scope', '=', owner.scope)
    .where('owner_id', '=', ownerId(owner))
    .executeTakeFirstOrThrow();
  return Number(total);
}

function ownedBy(db: Db, owner: VariableOwner) {
  return db.query
    .selectFrom('variables')
    .selectAll()
    .where('scope', '=', owner.scope)
    .where('owner_id', '=', ownerId(owner));
}

function ownerId(owner: VariableOwner): number {
  return owner.scope === 'project' ? owner.projectId : 0;
}

function columnsOf(tx: Tx, owner: VariableOwner, variable: NewVariable) {
  const { key, environmentScope } = variable;
  return {
    key,
    environment_scope: environmentScope,
    value: tx.sealer.seal(variableIdentity(owner.scope, ownerId(owner), key, environmentScope), variable.value),
    kind: variable.kind,
    is_protected: bit(variable.isProtected),
    is_masked: bit(variable.isMasked),
    is_hidden: bit(variable.isHidden),
    is_raw: bit(variable.isRaw),
    description: variable.description,
  };
}

function variableOf(db: Db, row: Selectable<Tables['variables']>): VariableRecord {
  return {
    id: row.id,
    key: row.key,
    environmentScope: row.environment_scope,
    value: db.sealer.open(variableIdentity(row.scope, row.owner_id, row.key, row.environment_scope), row.value),
    kind: row.kind === 'file' ? 'file' : 'env_var',
    isProtected: row.is_protected === 1,
    isMasked: row.is_masked === 1,
    isHidden: row.is_hidden === 1,
    isRaw: row.is_raw === 1,
    description: row.description,
  };
}
