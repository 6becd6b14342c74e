import { randomUUID } from 'node:crypto';
import type { Database } from '../connection/database.ts';
import { openMasterKey } from '../sealing/master-key.ts';
import type { Sealer } from '../sealing/seal.ts';
import { storeFailure } from '../store-failure.ts';
import { type Migration, migrations } from './all-migrations.ts';
import { textFor } from './dialect-text.ts';

/** A connection with an open transaction that no other migration can be in at the same time. */
export interface SchemaConnection {
  readonly engine: 'sqlite' | 'postgres';
  readonly query: Database;
  /** Names the database in messages, without a password. */
  readonly name: string;
  /** Several statements without parameters. */
  exec(sql: string): Promise<void>;
  tables(): Promise<ReadonlySet<string>>;
}

/** What a database says of itself. */
export interface Migrated {
  /** Opens what was sealed for this database. */
  readonly sealer: Sealer;
  /** Drawn when the database was made, and the same for as long as it lives, in copies too. */
  readonly identity: string;
}

/** Brings the schema to this program's, or refuses; and opens the key that the database's secrets are sealed with. */
export async function migrate(
  connection: SchemaConnection,
  keyFile: string,
  steps: readonly Migration[] = migrations,
): Promise<Migrated> {
  const from = await readVersion(connection, steps);
  for (const { number, text } of steps.slice(from)) {
    await connection.exec(textFor(connection.engine, text));
    await writeMeta(connection.query, 'version', String(number));
  }
  const known = await readMeta(connection.query, 'key');
  const sealer = openMasterKey(keyFile, known);
  if (known === null) await writeMeta(connection.query, 'key', sealer.fingerprint);
  return { sealer, identity: (await readMeta(connection.query, 'identity')) ?? (await drawIdentity(connection.query)) };
}

async function readVersion(connection: SchemaConnection, steps: readonly Migration[]): Promise<number> {
  const tables = await connection.tables();
  if (!tables.has('store_meta')) {
    if (tables.size > 0 && (connection.engine === 'sqlite' || tables.has('jobs'))) throw foreign(connection.name);
    await connection.exec(textFor(connection.engine, META));
    return 0;
  }
  const version = Number(await readMeta(connection.query, 'version'));
  if (!Number.isInteger(version) || version < 1) throw foreign(connection.name);
  if (version <= steps.length) return version;
  const message = `${connection.name} has schema ${version}, and this program knows schemas up to ${steps.length}: it was written by a newer one`;
  throw storeFailure('store_newer', message);
}

const META = 'create table store_meta (key {text} not null primary key, value {text} not null {end};';

function foreign(name: string): Error {
  return storeFailure(
    'store_foreign',
    `${name} holds tables that are not this program's; give it a database of its own`,
  );
}

async function readMeta(query: Database, key: string): Promise<string | null> {
  const row = await query.selectFrom('store_meta').select('value').where('key', '=', key).executeTakeFirst();
  return row?.value ?? null;
}

async function writeMeta(query: Database, key: string, value: string): Promise<void> {
  await query
    .insertInto('store_meta')
    .values({ key, value })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
    .execute();
}

async function drawIdentity(query: Database): Promise<string> {
  const identity = randomUUID();
  await writeMeta(query, 'identity', identity);
  return identity;
}
