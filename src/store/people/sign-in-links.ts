import type { Db, Tx } from '../store.ts';

export async function insertSignInLink(
  tx: Tx,
  link: { readonly tokenHash: string; readonly userId: number; readonly expiresAt: number },
): Promise<void> {
  await tx.query
    .insertInto('sign_in_links')
    .values({ token_hash: link.tokenHash, user_id: link.userId, created_at: tx.now(), expires_at: link.expiresAt })
    .execute();
}

/** Whether it would sign somebody in. */
export async function isGoodSignInLink(db: Db, tokenHash: string): Promise<boolean> {
  const row = await db.query
    .selectFrom('sign_in_links')
    .select('user_id')
    .where('token_hash', '=', tokenHash)
    .where('used_at', 'is', null)
    .where('expires_at', '>', db.now())
    .executeTakeFirst();
  return row !== undefined;
}

/** Those that expired before this instant, used or not; how many. */
export async function deleteOldSignInLinks(tx: Tx, before: number): Promise<number> {
  const { numDeletedRows } = await tx.query
    .deleteFrom('sign_in_links')
    .where('expires_at', '<', before)
    .executeTakeFirst();
  return Number(numDeletedRows);
}

/** The user whom a link signs in, the first time and before it expires; null after that. */
export async function takeSignInLink(tx: Tx, tokenHash: string): Promise<number | null> {
  const now = tx.now();
  const row = await tx.query
    .updateTable('sign_in_links')
    .set({ used_at: now })
    .where('token_hash', '=', tokenHash)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .returning('user_id')
    .executeTakeFirst();
  return row?.user_id ?? null;
}
