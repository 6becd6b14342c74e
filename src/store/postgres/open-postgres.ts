import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { type Clock, Failure } from '../../base/index.ts';
import { createHintBoard } from '../connection/hint-board.ts';
import { type Migrated, migrate } from '../migrations/migrate.ts';
import type { Store } from '../store.ts';
import { storeFailure } from '../store-failure.ts';
import { createLines } from './lines.ts';
import { startListener } from './listener.ts';
import { connectTo, createPool, databaseOf, nameOf } from './postgres-connection.ts';
import { readPostgresError } from './postgres-failure.ts';
import { retryTransaction, WITHIN_MS } from './retry-transaction.ts';
import { runTransaction, type Surroundings, type Transacted } from './run-transaction.ts';

export interface PostgresOptions {
  readonly url: string;
  readonly keyFile: string;
  readonly clock: Clock;
  /** `clock`: instants come from the clock that was passed in, for tests that decide what time it is. */
  readonly time: 'database' | 'clock';
  /** At most so many connections beside the one that listens. */
  readonly connections: number;
}

/** Any number of replicas on one PostgreSQL. */
export async function openPostgres({ url, keyFile, clock, time, connections }: PostgresOptions): Promise<Store> {
  const name = nameOf(url);
  const pool = createPool(url, connections);
  let known: Migrated;
  try {
    known = await prepare(pool, name, keyFile);
  } catch (error) {
    await pool.end();
    throw readPostgresError(error, name);
  }
  const hints = createHintBoard();
  const around: Surroundings = { pool, known, clock, time, origin: randomUUID() };
  const listener = await startListener({ url, clock, origin: around.origin, hints });
  const inLine = createLines(WITHIN_MS);
  let closing: Promise<void> | null = null;
  const transact = <T>(run: () => Promise<Transacted<T>>): Promise<Transacted<T>> =>
    closing === null
      ? retryTransaction(clock, name, run)
      : Promise.reject(storeFailure('store_closed', `${name} was closed`));
  return {
    read: async (look) => (await transact(() => runTransaction({ ...around, mode: 'read' }, look))).result,
    async write(change, pipelineId) {
      const run = () => runTransaction({ ...around, mode: 'write' }, change);
      // Each try by itself: who pauses before the next one stands in nobody's way.
      const { result, published } = await transact(pipelineId === undefined ? run : () => inLine(pipelineId, run));
      hints.tell(published);
      return result;
    },
    subscribe: hints.subscribe,
    close() {
      closing ??= listener.stop().then(() => pool.end());
      return closing;
    },
  };
}

/** Any number that no other program takes for its own lock on this database. */
const MIGRATION_LOCK = 7_301_460_522;

async function prepare(pool: pg.Pool, name: string, keyFile: string): Promise<Migrated> {
  const client = await connectTo(pool);
  try {
    await client.query('begin');
    // Another replica may be migrating for longer than a statement may otherwise wait.
    await client.query('set local statement_timeout = 0; set local lock_timeout = 0');
    await client.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    const migrated = await migrate(
      {
        engine: 'postgres',
        query: databaseOf(client),
        name,
        exec: async (sql) => void (await client.query(sql)),
        tables: async () => {
          const { rows } = await client.query('select tablename from pg_tables where schemaname = current_schema()');
          return new Set(rows.map(({ tablename }: { tablename: string }) => tablename));
        },
      },
      keyFile,
    );
    await client.query('commit');
    client.release();
    return migrated;
  } catch (error) {
    client.release(true);
    if (error instanceof Failure) throw error;
    throw readPostgresError(error, name);
  }
}
