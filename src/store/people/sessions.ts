import type { Db, Tx } from '../store.ts';

export interface NewSession {
  /** SHA-256 of the cookie, hex. */
  readonly tokenHash: string;
  readonly userId: number;
  /** What a page has to send beside the cookie when it changes something. */
  readonly csrfToken: string;
  readonly expiresAt: number;
  readonly ip: string;
  readonly userAgent: string;
}

export interface SessionRecord extends NewSession {
  readonly id: number;
  readonly createdAt: number;
  readonly lastUsedAt: number;
}

export async function insertSession(tx: Tx, session: NewSession): Promise<number> {
  const now = tx.now();
  const { id } = await tx.query
    .insertInto('sessions')
    .values({
      token_hash: session.tokenHash,
      user_id: session.userId,
      csrf: session.csrfToken,
      created_at: now,
      expires_at: session.expiresAt,
      last_used_at: now,
      ip: session.ip,
      user_agent: session.userAgent,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** Null: there is none, or it has expired. */
export async function findSession(db: Db, tokenHash: string): Promise<SessionRecord | null> {
  const row = await db.query
    .selectFrom('sessions')
    .selectAll()
    .where('token_hash', '=', tokenHash)
    .where('expires_at', '>', db.now())
    .executeTakeFirst();
  if (row === undefined) return null;
  return {
    id: row.id,
    tokenHash: row.token_hash,
    userId: row.user_id,
    csrfToken: row.csrf,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
    ip: row.ip,
    userAgent: row.user_agent,
  };
}

/** It lasts until `expiresAt` from here on. */
export async function renewSession(tx: Tx, id: number, expiresAt: number): Promise<void> {
  await tx.query
    .updateTable('sessions')
    .set({ last_used_at: tx.now(), expires_at: expiresAt })
    .where('id', '=', id)
    .execute();
}

export async function deleteSession(tx: Tx, tokenHash: string): Promise<void> {
  const row = await tx.query
    .deleteFrom('sessions')
    .where('token_hash', '=', tokenHash)
    .returning('user_id')
    .executeTakeFirst();
  if (row !== undefined) tx.publish({ kind: 'access', id: row.user_id, value: 0 });
}

/** All of one user's; after a new password, or when the user is blocked. @param but hash of the cookie of the one that stays; null: none */
export async function deleteSessionsOf(tx: Tx, userId: number, but: string | null = null): Promise<void> {
  const all = tx.query.deleteFrom('sessions').where('user_id', '=', userId);
  await (but === null ? all : all.where('token_hash', '!=', but)).execute();
  tx.publish({ kind: 'access', id: userId, value: 0 });
}

/** How many had expired. */
export async function deleteExpiredSessions(tx: Tx): Promise<number> {
  const { numDeletedRows } = await tx.query
    .deleteFrom('sessions')
    .where('expires_at', '<=', tx.now())
    .executeTakeFirst();
  return Number(numDeletedRows);
}
