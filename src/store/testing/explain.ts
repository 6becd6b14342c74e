import { CompiledQuery } from 'kysely';
import { databaseOver } from '../connection/database.ts';
import type { Db, Store, Tx } from '../store.ts';

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
      return { rows: [], changes: 0 };
    });
    const dry: Db & Tx = { ...db, query, publish: () => undefined };
    await work(dry);
    return lines;
  });
}
