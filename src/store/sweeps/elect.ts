import type { Tx } from '../store.ts';

/**
 * True for one caller in each interval, whichever replica it is in: it does the sweep of this name now. A sweep that fails is done again in the next
 * interval; one that takes longer than its interval may run twice at a time, and has to bear that.
 */
export async function elect(tx: Tx, name: string, everyMs: number): Promise<boolean> {
  const now = tx.now();
  const begun = await tx.query
    .updateTable('sweeps')
    .set({ began_at: now })
    .where('name', '=', name)
    // One that began in the future: the clock was put back.
    .where(({ eb, or }) => or([eb('began_at', '<=', now - everyMs), eb('began_at', '>', now)]))
    .executeTakeFirst();
  if (begun.numUpdatedRows === 1n) return true;
  const first = await tx.query
    .insertInto('sweeps')
    .values({ name, began_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return first.numInsertedOrUpdatedRows === 1n;
}

/** The next who asks is elected, however lately it was done. */
export async function forgetElection(tx: Tx, name: string): Promise<void> {
  await tx.query.deleteFrom('sweeps').where('name', '=', name).execute();
}
