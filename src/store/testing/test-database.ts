import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll } from 'vitest';
import { missingPostgres, type PostgresServer, startPostgresServer } from './postgres-server.ts';

/** An empty PostgreSQL database for one test. */
export interface TestDatabase {
  readonly url: string;
  /** Past the store, for what only a test does. */
  run(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Cuts every connection that listens, and refuses new connections of any kind; returns how to let them in again. */
  cutListeners(): Promise<() => Promise<void>>;
  /** Cuts whoever is still connected, and removes it. */
  drop(): Promise<void>;
}

/** `bin/test` starts one server for all files and says here where; a file that is run alone starts its own, and stops it at its end. */
const SHARED = process.env.EPILOGUE_TEST_POSTGRES;
let own: Promise<PostgresServer> | null = null;

afterAll(async () => {
  await (await own)?.stop();
  own = null;
});

/** Why tests on PostgreSQL are passed over; null: they are not. With `CI=true` nothing is: they fail. */
export function whyNoPostgres(): string | null {
  return SHARED !== undefined || process.env.CI === 'true' ? null : missingPostgres();
}

export async function createTestDatabase(): Promise<TestDatabase> {
  const admin = SHARED ?? (await ownServer()).urlOf('postgres');
  const name = `test_${randomBytes(6).toString('hex')}`;
  const url = admin.replace('/postgres?', `/${name}?`);
  await runOn(admin, `create database ${name}`);
  return {
    url,
    run: (sql) => runOn(url, sql),
    async cutListeners() {
      await runOn(admin, `alter database ${name} with allow_connections false`);
      const cut = await runOn(
        admin,
        `select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = '${name}' and application_name like '% listener'`,
      );
      if (cut.length === 0) throw new Error('nobody listens');
      return async () => void (await runOn(admin, `alter database ${name} with allow_connections true`));
    },
    drop: async () => void (await runOn(admin, `drop database ${name} with (force)`)),
  };
}

function ownServer(): Promise<PostgresServer> {
  own ??= startPostgresServer();
  return own;
}

async function runOn(url: string, sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const client = new pg.Client(url);
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
