import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Db } from '../store.ts';

/** Of a row that may end at an instant, `expires_at`: it has not, by the database's clock. Where it has, the row stays a while, and counts for nothing. */
export function unexpired(db: Db): RawBuilder<SqlBool> {
  return sql<SqlBool>`(expires_at is null or expires_at > ${db.now()})`;
}
