import type { Tx } from '../store.ts';

/** PostgreSQL: of the moment, not of the transaction's start: what waited for a lock must not see an older time than who held it before. */
export const DATABASE_NOW = '(extract(epoch from clock_timestamp()) * 1000)::bigint';

const clocks = new WeakMap<Tx, (now: number) => void>();

/** Whoever makes a transaction says how its `now` moves on. */
export function keepInstant(tx: Tx, moveOn: (now: number) => void): void {
  clocks.set(tx, moveOn);
}

/** A statement that took a lock says what time it was then. */
export function noteInstant(tx: Tx, now: number): void {
  clocks.get(tx)?.(now);
}
