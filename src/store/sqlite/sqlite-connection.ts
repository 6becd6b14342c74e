import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { type Database, databaseOver, type StatementResult } from '../connection/database.ts';
import { readSqliteError } from './sqlite-failure.ts';

/** One connection to the file. Everything in it is synchronous: a statement holds the program for as long as it takes. */
export interface SqliteConnection {
  readonly query: Database;
  run(sql: string, parameters?: readonly unknown[]): StatementResult;
  /** Several statements without parameters. */
  exec(sql: string): void;
  isInTransaction(): boolean;
  close(): void;
}

/** Texts of statements are few, apart from lists of changing length; compiling one costs more than running it. */
const MOST_STATEMENTS = 500;
/** Another program (`admin`) may hold the file for a moment. */
const BUSY_TIMEOUT_MS = 5_000;

export function openSqliteConnection(file: string, mode: 'write' | 'read'): SqliteConnection {
  const calling = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw readSqliteError(error, file);
    }
  };
  const database = calling(() => new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS }));
  const statements = createStatementCache(database);
  const run = (sql: string, parameters: readonly unknown[] = []): StatementResult =>
    calling(() => runStatement(statements(sql), parameters));
  const connection: SqliteConnection = {
    query: databaseOver('sqlite', async (sql, parameters) => run(sql, parameters)),
    run,
    exec: (sql) => calling(() => database.exec(sql)),
    isInTransaction: () => database.isTransaction,
    close: () => database.close(),
  };
  try {
    connection.exec(mode === 'read' ? 'pragma query_only = 1' : 'pragma foreign_keys = 0');
  } catch (error) {
    database.close();
    throw error;
  }
  return connection;
}

interface Prepared {
  readonly statement: StatementSync;
  /** Asking the statement each time costs as much as a small query. */
  readonly hasRows: boolean;
}

function createStatementCache(database: DatabaseSync): (sql: string) => Prepared {
  const cache = new Map<string, Prepared>();
  return (sql) => {
    const known = cache.get(sql);
    if (known !== undefined) return known;
    const oldest = cache.size >= MOST_STATEMENTS ? cache.keys().next().value : undefined;
    if (oldest !== undefined) cache.delete(oldest);
    const statement = database.prepare(sql);
    const prepared = { statement, hasRows: statement.columns().length > 0 };
    cache.set(sql, prepared);
    return prepared;
  };
}

function runStatement({ statement, hasRows }: Prepared, parameters: readonly unknown[]): StatementResult {
  const values = parameters as readonly SQLInputValue[];
  if (hasRows) {
    const rows = statement.all(...values);
    return { rows, changes: rows.length };
  }
  return { rows: [], changes: Number(statement.run(...values).changes) };
}
