import { createTurns } from '../connection/turns.ts';
import type { Db } from '../store.ts';
import type { SharedSync } from './shared-sync.ts';
import { openSqliteConnection, type SqliteConnection } from './sqlite-connection.ts';

/** As many snapshots as can be held at a time. Statements do not run beside each other, so this is about who waits for whom. */
const MOST_READERS = 8;

/** Connections for reading, opened when they are first needed. */
export interface Readers {
  read<T>(look: (db: Db) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export function createReaders(file: string, sync: SharedSync, dbOver: (connection: SqliteConnection) => Db): Readers {
  const idle: SqliteConnection[] = [];
  const turns = createTurns(MOST_READERS);
  return {
    async read(look) {
      const { result, durable } = await turns.take(async () => {
        const connection = idle.pop() ?? openSqliteConnection(file, 'read');
        try {
          // The snapshot is taken here, so that `settled` covers every commit in it.
          connection.exec('begin; select 1 from sqlite_schema limit 1');
          const settled = sync.settled();
          settled.catch(() => undefined);
          return { result: await look(dbOver(connection)), durable: settled };
        } finally {
          if (connection.isInTransaction()) connection.exec('rollback');
          idle.push(connection);
        }
      });
      await durable;
      return result;
    },
    async close() {
      await turns.end();
      for (const connection of idle) connection.close();
    },
  };
}
