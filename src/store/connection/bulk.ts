import { type RawBuilder, sql } from 'kysely';
import type { Tables } from '../schema/tables.ts';
import type { Db } from '../store.ts';
import { storableJson } from './storable.ts';

/** Values that JSON carries as they are; bytes are not among them. */
type Row = Readonly<Record<string, string | number | null>>;

/**
 * Many rows as one parameter, so that the text of a statement is the same for one row and for 5,000, and neither database's limit on parameters counts.
 * `$.from` stands in a FROM clause as `r`, `$.column` names a column of it.
 */
export function rowsOf(db: Db, table: keyof Tables, rows: readonly Row[]): BulkRows {
  const json = storableJson(rows);
  if (db.engine === 'sqlite')
    return { from: sql`json_each(${json}) as r`, column: (name) => sql`r.value ->> ${sql.lit(name)}` };
  return {
    from: sql`json_populate_recordset(null::${sql.table(table)}, ${json}::json) as r`,
    column: (name) => sql`r.${sql.ref(name)}`,
  };
}

export interface BulkRows {
  readonly from: RawBuilder<unknown>;
  column(name: string): RawBuilder<unknown>;
}

/** Inserts rows that all have the same columns, and returns what `returning` names of each. */
export async function insertRows<T>(
  db: Db,
  table: keyof Tables,
  rows: readonly Row[],
  returning: readonly string[],
): Promise<readonly T[]> {
  const [first] = rows;
  if (first === undefined) return [];
  const names = Object.keys(first);
  const { from, column } = rowsOf(db, table, rows);
  const list = sql.join(names.map((name) => sql.ref(name)));
  const values = sql.join(names.map(column));
  const result = sql.join(returning.map((name) => sql.ref(name)));
  const statement = sql<T>`insert into ${sql.table(table)} (${list}) select ${values} from ${from} returning ${result}`;
  return (await statement.execute(db.query)).rows;
}

/** For lists inside a statement: neither database takes any number of parameters. */
const MOST_IN_A_LIST = 500;

export function* inParts<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += MOST_IN_A_LIST) yield all.slice(at, at + MOST_IN_A_LIST);
}
