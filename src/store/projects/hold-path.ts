import { sql } from 'kysely';
import type { Tx } from '../store.ts';

/** Any number that no other program takes for its own locks on this database. */
const LOCK = 730_146_053;

/**
 * Until the transaction ends nobody else takes this path, and what others had taken is seen: groups and projects stand in tables of their own, so that no
 * index keeps their paths apart. Case does not matter.
 */
export async function holdPath(tx: Tx, path: string): Promise<void> {
  // On SQLite one transaction writes at a time.
  if (tx.engine !== 'postgres') return;
  await sql`select pg_advisory_xact_lock(${LOCK}, hashtext(${path.toLowerCase()}))`.execute(tx.query);
}
