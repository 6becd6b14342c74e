import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AutoClock } from '../../test/support/auto-clock.ts';
import {
  findResourceHolder,
  type Hint,
  internLane,
  type Lane,
  lockResourceGroup,
  openStore,
  putInQueue,
  releaseResource,
  reserve,
  type Store,
  takeReserved,
  takeResource,
} from './index.ts';

let directory: string;
let clock: AutoClock;
const opened: Store[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'epilogue-store-'));
  clock = new AutoClock(1_000_000);
});

afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  rmSync(directory, { recursive: true });
});

async function open(name = 'epilogue.db'): Promise<Store> {
  const store = await openStore({
    database: { file: join(directory, name) },
    keyFile: join(directory, 'master.key'),
    clock,
  });
  opened.push(store);
  return store;
}

const LANE: Lane = { projectId: 1, tags: ['docker'], isProtected: false, isGraceful: false, kind: 'job' };
const RUNNER = {
  projects: [1, 2],
  tags: ['docker', 'big'],
  runsUntagged: true,
  isProtected: false,
  cancelsGracefully: true,
  takesCleanups: false,
};

async function enqueue(store: Store, jobId: number, lane: Partial<Lane> = {}): Promise<void> {
  await store.write(async (tx) => {
    const laneId = await internLane(tx, { ...LANE, ...lane });
    await putInQueue(tx, [{ jobId, pipelineId: 1, laneId, since: clock.now() + jobId }]);
  });
}

const claim = (store: Store, reservation: string, fit = RUNNER) =>
  store.write((tx) => reserve(tx, fit, reservation, clock.now() + 30_000));

it('keeps what was committed, and nothing of a transaction that failed', async () => {
  const store = await open();
  await store.write((tx) => lockResourceGroup(tx, 1, 'kept'));
  const failing = store.write(async (tx) => {
    await lockResourceGroup(tx, 1, 'lost');
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  await store.close();
  const again = await open();
  const keys = await again.read((db) => db.query.selectFrom('resource_groups').select('key').execute());
  expect(keys).toEqual([{ key: 'kept' }]);
});

it('hands each waiting job to one claimer, oldest first, and only to who fits its lane', async () => {
  const store = await open();
  await enqueue(store, 3);
  await enqueue(store, 2, { tags: [] });
  await enqueue(store, 1, { tags: ['gpu'] });
  await enqueue(store, 4, { isProtected: true });
  await enqueue(store, 5, { kind: 'cleanup' });
  expect((await claim(store, 'p', { ...RUNNER, isProtected: true }))?.jobId).toBe(4);
  await enqueue(store, 6, { isProtected: true });
  const claimed = [await claim(store, 'a'), await claim(store, 'b'), await claim(store, 'c'), await claim(store, 'e')];
  expect(claimed.map((each) => each?.jobId ?? null)).toEqual([2, 3, 6, null]);
  expect((await claim(store, 'd', { ...RUNNER, takesCleanups: true }))?.jobId).toBe(5);
});

it('lets only the reservation that stands take its job', async () => {
  const store = await open();
  await enqueue(store, 1);
  await claim(store, 'first');
  clock.jump(31_000);
  expect((await claim(store, 'second'))?.jobId).toBe(1);
  expect(await store.write((tx) => takeReserved(tx, 1, 'first'))).toBe(false);
  expect(await store.write((tx) => takeReserved(tx, 1, 'second'))).toBe(true);
  expect(await claim(store, 'third')).toBeNull();
});

it('gives a resource group to one job at a time', async () => {
  const store = await open();
  const { id: group } = await store.write((tx) => lockResourceGroup(tx, 1, 'production'));
  const take = (job: number) => store.write((tx) => takeResource(tx, group, { job, pipeline: 1 }));
  expect([await take(1), await take(2)]).toEqual([true, false]);
  await store.write((tx) => releaseResource(tx, 1));
  expect(await take(2)).toBe(true);
  expect(await store.read((db) => findResourceHolder(db, group))).toMatchObject({ job: 2 });
});

it('sends hints with the commit, and none of a transaction that failed', async () => {
  const store = await open();
  const { promise: heard, resolve } = Promise.withResolvers<Hint | 'look'>();
  store.subscribe('pipeline', resolve);
  const failing = store.write(async (tx) => {
    tx.publish({ kind: 'pipeline', id: 1, value: 1 });
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  await store.write(async (tx) => tx.publish({ kind: 'pipeline', id: 2, value: 7 }));
  expect(await heard).toEqual({ kind: 'pipeline', id: 2, value: 7 });
});

it('runs transactions one at a time, in the order of the calls', async () => {
  const store = await open();
  const keys = Array.from({ length: 50 }, (_, at) => String(at));
  await Promise.all(keys.map((key) => store.write((tx) => lockResourceGroup(tx, 1, key))));
  const rows = await store.read((db) => db.query.selectFrom('resource_groups').select('key').orderBy('id').execute());
  expect(rows.map(({ key }) => key)).toEqual(keys);
});

it('refuses a database that a newer program wrote, is not ours, or has another key', async () => {
  await (await open()).close();
  expect(statSync(join(directory, 'master.key')).mode & 0o777).toBe(0o600);
  const key = readFileSync(join(directory, 'master.key'));
  writeFileSync(join(directory, 'master.key'), Buffer.from(key).fill('a', 0, 8));
  await expect(open()).rejects.toMatchObject({ code: 'store_key' });
  writeFileSync(join(directory, 'master.key'), key);
  const database = new DatabaseSync(join(directory, 'epilogue.db'));
  database.exec("update store_meta set value = '99' where key = 'version'");
  database.close();
  await expect(open()).rejects.toMatchObject({ code: 'store_newer' });
  const foreign = new DatabaseSync(join(directory, 'foreign.db'));
  foreign.exec('create table t (a)');
  foreign.close();
  await expect(open('foreign.db')).rejects.toMatchObject({ code: 'store_foreign' });
});
