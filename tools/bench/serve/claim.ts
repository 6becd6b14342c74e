import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import { realClock } from '../../../src/base/index.ts';
import { openStore, releaseReservation, reserve, type Store } from '../../../src/store/index.ts';
import { startPostgresServer } from '../../../src/store/testing/postgres-server.ts';
import type { Comparison, Group } from '../compare.ts';
import { temporaryDirectory } from '../fixture.ts';

const FEW = 1_000;
const MANY = [100_000, 1_000_000];
const CLAIMS_A_SAMPLE = 50;
const ROUNDS = 15;
const LANES = 50;
const FIT = {
  projects: Array.from({ length: LANES }, (_, at) => at + 1),
  tags: ['docker'],
  runsUntagged: true,
  isProtected: false,
  cancelsGracefully: true,
  takesCleanups: true,
};

/** Jobs of fifty projects, with and without a tag. */
const FILL = (rows: number): readonly string[] => [
  `insert into tag_sets (id, tags) values (1, '[]'), (2, '["docker"]')`,
  `insert into lanes (id, project_id, tag_set_id, is_protected, is_graceful, kind)
    with recursive n (i) as (select 1 union all select i + 1 from n where i < ${LANES})
    select i, i, 1 + i % 2, 0, 0, 'job' from n`,
  `insert into queue (job_id, lane_id, pipeline_id, since, reserved_until)
    with recursive n (i) as (select 1 union all select i + 1 from n where i < ${rows})
    select i, 1 + i % ${LANES}, i, i, 0 from n`,
];

export const claiming: Group = {
  name: 'claim',
  about: 'a claim with many jobs pending, against one with 1,000',
  comparisons: async () => [...(await claims('SQLite', openFile)), ...(await claims('PostgreSQL', openPostgres))],
};

async function claims(engine: string, open: (rows: number) => Promise<Store>): Promise<readonly Comparison[]> {
  const few = await open(FEW);
  const all: Comparison[] = [];
  for (const rows of MANY) {
    const many = await open(rows);
    const name = `${engine}, ${rows.toLocaleString('en')}`;
    all.push({ name, target: 1.2, rounds: ROUNDS, ours: () => claim(many), theirs: () => claim(few) });
  }
  return all;
}

/** Ms of claims, each a transaction of its own. They are given back past the clock, so that the next ones find the same. */
async function claim(store: Store): Promise<number> {
  const names = Array.from({ length: CLAIMS_A_SAMPLE }, (_, at) => `bench ${at}`);
  const got: { readonly jobId: number; readonly name: string }[] = [];
  const startedAt = performance.now();
  for (const name of names) {
    const reserved = await store.write((tx) => reserve(tx, FIT, name, tx.now() + 60_000));
    if (reserved === null) throw new Error('there was nothing to claim');
    got.push({ jobId: reserved.jobId, name });
  }
  const ms = performance.now() - startedAt;
  for (const { jobId, name } of got) await store.write((tx) => releaseReservation(tx, jobId, name));
  return ms;
}

async function openFile(rows: number): Promise<Store> {
  const dir = temporaryDirectory();
  const file = join(dir, 'epilogue.db');
  const options = { database: { file }, keyFile: join(dir, 'master.key'), clock: realClock };
  await (await openStore(options)).close();
  const db = new DatabaseSync(file);
  for (const statement of FILL(rows)) db.exec(statement);
  db.close();
  return await openStore(options);
}

async function openPostgres(rows: number): Promise<Store> {
  const { urlOf } = await startPostgresServer({ isDurable: true });
  const url = urlOf('postgres');
  const options = { database: { url }, keyFile: join(temporaryDirectory(), 'master.key'), clock: realClock };
  const store = await openStore(options);
  const client = new pg.Client(url);
  await client.connect();
  for (const statement of [...FILL(rows), 'vacuum analyze queue']) await client.query(statement);
  await client.end();
  return store;
}
