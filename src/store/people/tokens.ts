import type { Selectable, SelectQueryBuilder } from 'kysely';
import { fromJson, toJson } from '../schema/json.ts';
import type { Page } from '../schema/page.ts';
import type { Tables } from '../schema/tables.ts';
import { unexpired } from '../schema/unexpired.ts';
import type { Db, Tx } from '../store.ts';

/** `personal`: acts for its user; `project`: for its user, in one project and up to one role; `trigger`: starts pipelines of one project for its user. */
export type TokenKind = 'personal' | 'project' | 'trigger';

export interface NewToken {
  readonly kind: TokenKind;
  /** SHA-256 of the token, hex. */
  readonly tokenHash: string;
  readonly userId: number;
  readonly projectId: number | null;
  readonly name: string;
  readonly scopes: readonly string[];
  /** GitLab's access level; of a project's token the most that it allows. */
  readonly role: number | null;
  readonly expiresAt: number | null;
}

export interface TokenRecord extends Omit<NewToken, 'tokenHash'> {
  readonly id: number;
  readonly createdAt: number;
  readonly revokedAt: number | null;
  readonly lastUsedAt: number | null;
}

/** Null: any. */
export interface TokenFilter {
  readonly kind: TokenKind;
  readonly userId: number | null;
  readonly projectId: number | null;
  /** Neither revoked nor expired. */
  readonly isActive: boolean | null;
}

const COLUMNS = [
  'id',
  'kind',
  'user_id',
  'project_id',
  'name',
  'scopes',
  'role',
  'created_at',
  'expires_at',
  'revoked_at',
  'last_used_at',
] as const;

export async function insertToken(tx: Tx, token: NewToken): Promise<number> {
  const { id } = await tx.query
    .insertInto('tokens')
    .values({
      kind: token.kind,
      token_hash: token.tokenHash,
      user_id: token.userId,
      project_id: token.projectId,
      name: token.name,
      scopes: toJson(token.scopes),
      role: token.role,
      created_at: tx.now(),
      expires_at: token.expiresAt,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** One that opens something: not revoked, not expired. */
export async function findLiveToken(db: Db, tokenHash: string): Promise<TokenRecord | null> {
  const row = await db.query
    .selectFrom('tokens')
    .select(COLUMNS)
    .where('token_hash', '=', tokenHash)
    .where('kind', 'in', ['personal', 'project', 'trigger'])
    .where('revoked_at', 'is', null)
    .where(unexpired(db))
    .executeTakeFirst();
  return row === undefined ? null : tokenOf(row);
}

export async function findToken(db: Db, kind: TokenKind, id: number): Promise<TokenRecord | null> {
  const row = await db.query
    .selectFrom('tokens')
    .select(COLUMNS)
    .where('id', '=', id)
    .where('kind', '=', kind)
    .executeTakeFirst();
  return row === undefined ? null : tokenOf(row);
}

/** By id. */
export async function listTokens(db: Db, filter: TokenFilter, page: Page): Promise<readonly TokenRecord[]> {
  const { limit, offset, after, order } = page;
  const rows = await matching(db, filter)
    .select(COLUMNS)
    .$if(after !== null, (rest) => rest.where('id', order === 'desc' ? '<' : '>', after ?? 0))
    .orderBy('id', order)
    .limit(limit)
    .offset(offset)
    .execute();
  return rows.map(tokenOf);
}

export async function countTokens(db: Db, filter: TokenFilter): Promise<number> {
  const { total } = await matching(db, filter)
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return Number(total);
}

export async function setTokenName(tx: Tx, id: number, name: string): Promise<void> {
  await tx.query.updateTable('tokens').set({ name }).where('id', '=', id).execute();
}

/** From here on it is nobody's. Again changes nothing. @returns whether it was somebody's. */
export async function revokeToken(tx: Tx, id: number): Promise<boolean> {
  const row = await tx.query
    .updateTable('tokens')
    .set({ revoked_at: tx.now() })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .returning('user_id')
    .executeTakeFirst();
  if (row === undefined) return false;
  if (row.user_id !== null) tx.publish({ kind: 'access', id: row.user_id, value: 0 });
  return true;
}

export async function renameToken(tx: Tx, id: number, name: string): Promise<void> {
  await tx.query.updateTable('tokens').set({ name }).where('id', '=', id).execute();
}

export async function noteTokenUse(tx: Tx, id: number): Promise<void> {
  await tx.query.updateTable('tokens').set({ last_used_at: tx.now() }).where('id', '=', id).execute();
}

function matching(db: Db, filter: TokenFilter): SelectQueryBuilder<Tables, 'tokens', object> {
  const { kind, userId, projectId, isActive } = filter;
  return db.query
    .selectFrom('tokens')
    .where('kind', '=', kind)
    .$if(userId !== null, (query) => query.where('user_id', '=', userId))
    .$if(projectId !== null, (query) => query.where('project_id', '=', projectId))
    .$if(isActive === true, (query) => query.where('revoked_at', 'is', null).where(unexpired(db)))
    .$if(isActive === false, (query) =>
      query.where(({ eb, or }) => or([eb('revoked_at', 'is not', null), eb('expires_at', '<=', db.now())])),
    );
}

function tokenOf(row: Pick<Selectable<Tables['tokens']>, (typeof COLUMNS)[number]>): TokenRecord {
  return {
    id: row.id,
    kind: row.kind as TokenKind,
    // Of these kinds every row has one.
    userId: row.user_id ?? 0,
    projectId: row.project_id,
    name: row.name,
    scopes: fromJson<readonly string[]>(row.scopes),
    role: row.role,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
    lastUsedAt: row.last_used_at,
  };
}
