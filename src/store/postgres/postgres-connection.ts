import pg from 'pg';
import { type Database, databaseOver } from '../connection/database.ts';
import { NoConnection } from './postgres-failure.ts';

const { Client, Pool, types } = pg;

/** Counts, ids and instants are below 2^53, so a number holds them; the driver's own choice is text. */
const INT8 = 20;
const NUMERIC = 1700;
const typeParsers = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid === INT8 || oid === NUMERIC) return Number;
    return types.getTypeParser(oid, format as 'text');
  },
} as pg.CustomTypesConfig;

const CONNECT_TIMEOUT_MS = 5_000;
/** Longer than any statement of ours; what hangs longer has met a lock that nobody will release. */
const SESSION = '-c statement_timeout=30000 -c lock_timeout=10000 -c idle_in_transaction_session_timeout=60000';

/** As `pg_stat_activity` calls the connection that listens. */
const LISTENER = 'epilogue listener';

function configOf(url: string, name = 'epilogue'): pg.ClientConfig {
  return {
    connectionString: url,
    types: typeParsers,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    options: SESSION,
    application_name: name,
  };
}

export function createPool(url: string, connections: number): pg.Pool {
  const pool = new Pool({ ...configOf(url), max: connections });
  // An idle connection that breaks is dropped by the pool; the next one who asks gets another.
  pool.on('error', () => undefined);
  // One that breaks while it is in use, between two statements: the next statement fails, and says so.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** @throws NoConnection */
export async function connectTo(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw new NoConnection(error);
  }
}

/** For the one connection that listens. */
export function createListeningClient(url: string): pg.Client {
  const client = new Client(configOf(url, LISTENER));
  client.on('error', () => undefined); // 'end' follows
  return client;
}

/** Texts of statements are few, apart from lists of changing length: so many are parsed and planned once a connection, the others each time. */
const MOST_PREPARED = 300;

const databases = new WeakMap<pg.ClientBase, Database>();

/** Typed queries over this connection; made once for each. */
export function databaseOf(client: pg.ClientBase): Database {
  const known = databases.get(client);
  if (known !== undefined) return known;
  const names = new Map<string, string>();
  const preparedAs = (text: string): string | undefined => {
    if (!names.has(text) && names.size < MOST_PREPARED) names.set(text, `s${names.size}`);
    return names.get(text);
  };
  const database = databaseOver('postgres', async (text, parameters) => {
    const { rows, rowCount } = await client.query({ name: preparedAs(text), text, values: [...parameters] });
    return { rows, changes: rowCount ?? 0 };
  });
  databases.set(client, database);
  return database;
}

/** For messages: without user and password. */
export function nameOf(url: string): string {
  try {
    const { host, pathname, searchParams } = new URL(url);
    return `postgres://${host === '' ? (searchParams.get('host') ?? '') : host}${pathname}`;
  } catch {
    return 'postgres';
  }
}
