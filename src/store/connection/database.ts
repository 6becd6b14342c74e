import {
  type CompiledQuery,
  type DatabaseConnection,
  Kysely,
  PostgresAdapter,
  PostgresQueryCompiler,
  type QueryResult,
  SqliteAdapter,
  SqliteQueryCompiler,
} from 'kysely';
import type { Tables } from '../schema/tables.ts';
import { storable } from './storable.ts';

export type Database = Kysely<Tables>;

/** Runs one statement on the connection that it was made for. */
export type RunStatement = (sql: string, parameters: readonly unknown[]) => Promise<StatementResult>;

export interface StatementResult {
  readonly rows: readonly unknown[];
  readonly changes: number;
}

/** Kysely's own adapter would let one query through at a time; here a connection is one person's already. */
class OwnSqliteAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

/** Typed queries over one connection. Transactions are begun and ended by whoever owns the connection, never through Kysely. */
export function databaseOver(engine: 'sqlite' | 'postgres', run: RunStatement): Database {
  const connection: DatabaseConnection = {
    async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
      const { rows, changes } = await run(sql, parameters.map(storableParameter));
      return { rows: rows as R[], numAffectedRows: BigInt(changes) };
    },
    streamQuery: () => {
      throw new Error('bug: results are not streamed');
    },
  };
  return new Kysely<Tables>({
    dialect: {
      createAdapter: () => (engine === 'sqlite' ? new OwnSqliteAdapter() : new PostgresAdapter()),
      createQueryCompiler: () => (engine === 'sqlite' ? new SqliteQueryCompiler() : new PostgresQueryCompiler()),
      createIntrospector: () => {
        throw new Error('bug: migrations are not made by Kysely');
      },
      createDriver: () => ({
        init: nothing,
        acquireConnection: async () => connection,
        releaseConnection: nothing,
        beginTransaction: nothing,
        commitTransaction: nothing,
        rollbackTransaction: nothing,
        destroy: nothing,
      }),
    },
  });
}

function storableParameter(value: unknown): unknown {
  return typeof value === 'string' ? storable(value) : value;
}

async function nothing(): Promise<void> {}
