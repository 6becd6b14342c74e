import { sql } from 'kysely';
import type { Tx } from '../store.ts';

/**
 * Effects and places in the queue that somebody had taken are free at once, instead of when their time is up. For a process that has the database to itself
 * and has only just begun: whoever had taken them is dead.
 */
export async function forgetReservations(tx: Tx): Promise<void> {
  await sql`update outbox set due_at = ${tx.now()}, reservation = null where reservation is not null`.execute(tx.query);
  await sql`update queue set reserved_until = 0, reservation = null where reservation is not null`.execute(tx.query);
}
