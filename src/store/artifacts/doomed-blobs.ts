import type { Db, Tx } from '../store.ts';

/*
 * Blobs that go, each noted in the transaction from which on no row names it, or before there are any bytes of one that a row may come to name. So a
 * server that dies between a row and its bytes leaves nothing for ever. Whoever removes the bytes forgets the key afterwards.
 */

/** @param attempt id of the attempt that may still be sending the bytes, and make a row for them while it lasts; null: nobody does. */
export async function doomBlobs(tx: Tx, keys: readonly string[], attempt: number | null = null): Promise<void> {
  if (keys.length === 0) return;
  await tx.query
    .insertInto('doomed_blobs')
    .values(keys.map((key) => ({ key, attempt_id: attempt, noted_at: tx.now() })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** They are gone, or a row names them now. */
export async function forgetDoomedBlobs(tx: Tx, keys: readonly string[]): Promise<void> {
  if (keys.length > 0) await tx.query.deleteFrom('doomed_blobs').where('key', 'in', keys).execute();
}

/** Those whose bytes can go, by key, from after `after`. What an attempt was sending waits until that has ended `graceMs` ago. */
export async function listDoomedBlobs(
  db: Db,
  { after, limit, graceMs }: { readonly after: string; readonly limit: number; readonly graceMs: number },
): Promise<readonly string[]> {
  const rows = await db.query
    .selectFrom('doomed_blobs')
    .leftJoin('attempts', 'attempts.id', 'doomed_blobs.attempt_id')
    .select('key')
    .where('key', '>', after)
    // Of a pipeline that was deleted there is no attempt any more.
    .where(({ eb, or }) => or([eb('attempts.id', 'is', null), eb('ended_at', '<=', db.now() - graceMs)]))
    .orderBy('key')
    .limit(limit)
    .execute();
  return rows.map(({ key }) => key);
}
