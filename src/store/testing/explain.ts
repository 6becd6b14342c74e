import { CompiledQuery } from 'kysely';
import type { StatementResult } from '../connection/database.ts';
import { databaseOver } from '../connection/database.ts';
import type { Db, Store, Tx } from '../store.ts';

const NOTHING: StatementResult = { rows: [], changes: 0 };

/** How the database would go about the statements of `work`, one line a step. Nothing is run, so `work` finds every result empty. */
export async function explain(store: Store, work: (tx: Tx) => Promise<unknown>): Promise<readonly string[]> {
  return await store.read(async (db) => {
    const lines: string[] = [];
    const query = databaseOver(db.engine, async (sql, parameters) => {
      const words = db.engine === 'sqlite' ? 'explain query plan' : 'explain';
      const { rows } = await db.query.executeQuery<Record<string, string>>(
        CompiledQuery.raw(`${words} ${sql}`, [...parameters]),
      );
      lines.push(...rows.map((row) => row.detail ?? row['QUERY PLAN'] ?? ''));
      return NOTHING;
    });
    await work(dry(db, query));
    return lines;
  });
}

/** The texts of the statements of `work`, which are not run either. */
export async function textsOf(store: Store, work: (tx: Tx) => Promise<unknown>): Promise<readonly string[]> {
  return await store.read(async (db) => {
    const texts: string[] = [];
    const query = databaseOver(db.engine, async (sql) => {
      texts.push(sql);
      return NOTHING;
    });
    await work(dry(db, query));
    return texts;
  });
}

function dry(db: Db, query: Db['query']): Tx {
  return { ...db, query, publish: () => undefined, onCommit: () => undefined };
}
