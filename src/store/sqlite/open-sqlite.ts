import { dirname } from 'node:path';
import { type Clock, makeDirectory } from '../../base/index.ts';
import { createHintBoard } from '../connection/hint-board.ts';
import { createTurns } from '../connection/turns.ts';
import { type Migrated, migrate } from '../migrations/migrate.ts';
import type { Db, Hint, Store, Tx } from '../store.ts';
import { storeFailure } from '../store-failure.ts';
import { createReaders } from './readers.ts';
import { createSharedSync, syncOf } from './shared-sync.ts';
import { openSqliteConnection, type SqliteConnection } from './sqlite-connection.ts';

export interface SqliteOptions {
  readonly file: string;
  readonly keyFile: string;
  readonly clock: Clock;
}

/** The embedded store: one connection that writes, a few that read, all on the program's own thread. */
export async function openSqlite({ file, keyFile, clock }: SqliteOptions): Promise<Store> {
  makeDirectory(dirname(file), 0o700);
  const writer = openSqliteConnection(file, 'write');
  let known: Migrated;
  try {
    known = await prepare(writer, file, keyFile);
  } catch (error) {
    writer.close();
    throw error;
  }
  const sync = createSharedSync(syncOf(`${file}-wal`));
  const hints = createHintBoard();
  const turns = createTurns(1);
  const dbOver = ({ query }: SqliteConnection): Db => ({ engine: 'sqlite', query, ...known, now: () => clock.now() });
  const readers = createReaders(file, sync, dbOver);
  let closing: Promise<void> | null = null;
  const closed = (): Promise<never> => Promise.reject(storeFailure('store_closed', `${file} was closed`));
  return {
    read: (look) => (closing === null ? readers.read(look) : closed()),
    async write(change) {
      if (closing !== null) return closed();
      const published: Hint[] = [];
      const atCommit: (() => void)[] = [sync.committed];
      const tx: Tx = {
        ...dbOver(writer),
        publish: (hint) => published.push(hint),
        onCommit: (run) => atCommit.push(run),
      };
      const result = await turns.take(async () => {
        // Nothing more is written once a sync has failed.
        if (sync.isBroken()) await sync.settled();
        const done = await runTransaction(writer, tx, change);
        for (const run of atCommit) run();
        return done;
      });
      await sync.settled();
      hints.tell(published);
      return result;
    },
    subscribe: hints.subscribe,
    close() {
      closing ??= turns.end().then(async () => {
        await readers.close();
        await sync.close();
        writer.close();
      });
      return closing;
    },
  };
}

async function runTransaction<T>(writer: SqliteConnection, tx: Tx, change: (tx: Tx) => Promise<T>): Promise<T> {
  writer.run('begin immediate');
  try {
    const result = await change(tx);
    writer.run('commit');
    return result;
  } catch (error) {
    // SQLite has rolled back by itself after some errors (a full disk).
    if (writer.isInTransaction()) writer.run('rollback');
    throw error;
  }
}

/** `-wal` exists afterwards: something was written, or is now. */
async function prepare(writer: SqliteConnection, file: string, keyFile: string): Promise<Migrated> {
  // Full while the schema is made; the WAL is ours to sync only after that.
  writer.exec('pragma journal_mode = wal; pragma synchronous = full');
  writer.exec('begin exclusive');
  try {
    const migrated = await migrate(
      {
        engine: 'sqlite',
        query: writer.query,
        name: file,
        exec: async (sql) => writer.exec(sql),
        tables: async () =>
          new Set(
            (
              writer.run(`select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'`).rows as {
                name: string;
              }[]
            ).map(({ name }) => name),
          ),
      },
      keyFile,
    );
    await writer.query
      .insertInto('store_meta')
      .values({ key: 'opened', value: '1' })
      .onConflict((conflict) => conflict.column('key').doUpdateSet({ value: '1' }))
      .execute();
    writer.exec('commit');
    writer.exec('pragma synchronous = normal');
    return migrated;
  } catch (error) {
    if (writer.isInTransaction()) writer.exec('rollback');
    throw error;
  }
}
