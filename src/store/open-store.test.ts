import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AutoClock } from '../../test/support/auto-clock.ts';
import { insertRows } from './connection/bulk.ts';
import { elect, findResourceHolder, type Hint, lockResourceGroup, releaseResource, takeResource } from './index.ts';
import { createTestStores, describeOnEachEngine, type TestStores } from './testing/engines.ts';

describeOnEachEngine((engine) => {
  let clock: AutoClock;
  let stores: TestStores;

  beforeEach(async () => {
    clock = new AutoClock(1_000_000);
    stores = await createTestStores(engine, clock);
  });
  afterEach(() => stores.close());

  it('keeps what was committed, and nothing of a transaction that failed', async () => {
    const store = await stores.open();
    await store.write((tx) => lockResourceGroup(tx, 1, 'kept'));
    const failing = store.write(async (tx) => {
      await lockResourceGroup(tx, 1, 'lost');
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    await store.close();
    const again = await stores.open();
    const keys = await again.read((db) => db.query.selectFrom('resource_groups').select('key').execute());
    expect(keys).toEqual([{ key: 'kept' }]);
    await expect(store.read(async () => null)).rejects.toMatchObject({ code: 'store_closed' });
  });

  it('stores what no database can hold as U+FFFD', async () => {
    const store = await stores.open();
    await store.write((tx) => lockResourceGroup(tx, 1, 'a\0b\ud800 and 🙂'));
    const rows = [{ project_id: 1, key: '\0"\\u0000\udc00', mode: 'm', created_at: 1 }];
    await store.write((tx) => insertRows(tx, 'resource_groups', rows, ['id']));
    const keys = await store.read((db) => db.query.selectFrom('resource_groups').select('key').orderBy('id').execute());
    expect(keys).toEqual([{ key: 'a\ufffdb\ufffd and 🙂' }, { key: '\ufffd"\\u0000\ufffd' }]);
  });

  it('has a name that lasts, and no other database has', async () => {
    const identity = async () => (await stores.open()).read(async (db) => db.identity);
    const first = await identity();
    expect(first).toMatch(/^[0-9a-f-]{36}$/);
    expect(await identity()).toBe(first);
    const others = await createTestStores(engine, clock);
    expect(await (await others.open()).read(async (db) => db.identity)).not.toBe(first);
    await others.close();
  });

  it('reads from one snapshot, and lets nothing be written there', async () => {
    const store = await stores.open();
    const count = await store.read(async ({ query }) => {
      const before = await query.selectFrom('resource_groups').selectAll().execute();
      await store.write((tx) => lockResourceGroup(tx, 1, 'meanwhile'));
      return [before.length, (await query.selectFrom('resource_groups').selectAll().execute()).length];
    });
    expect(count).toEqual([0, 0]);
    const writing = store.read(({ query }) => query.deleteFrom('resource_groups').execute());
    await expect(writing).rejects.toThrow(/read/i);
  });

  it('gives a resource group to one job at a time', async () => {
    const store = await stores.open();
    const { id: group } = await store.write((tx) => lockResourceGroup(tx, 1, 'production'));
    const take = (job: number) =>
      store.write(async (tx) => {
        await lockResourceGroup(tx, 1, 'production');
        return takeResource(tx, group, { job, pipeline: 1 });
      });
    const taken = await Promise.all([take(1), take(2), take(3)]);
    expect(taken.filter(Boolean)).toHaveLength(1);
    const holder = await store.read((db) => findResourceHolder(db, group));
    expect(taken[(holder?.job ?? 0) - 1]).toBe(true);
    await store.write((tx) => releaseResource(tx, holder?.job ?? 0));
    expect(await take(4)).toBe(true);
    expect(await store.read((db) => findResourceHolder(db, group))).toMatchObject({ job: 4 });
  });

  it('elects one caller for each interval', async () => {
    const replicas = engine === 'SQLite' ? [await stores.open()] : [await stores.open(), await stores.open()];
    const ask = async () =>
      (
        await Promise.all(
          replicas.flatMap((each) => [1, 2, 3].map(() => each.write((tx) => elect(tx, 'expiry', 60_000)))),
        )
      ).filter(Boolean).length;
    const turns = [await ask(), await ask()];
    clock.jump(59_000);
    turns.push(await ask());
    clock.jump(2_000);
    turns.push(await ask());
    clock.jump(-10_000_000); // the clock was wrong, and was put right
    turns.push(await ask());
    expect(turns).toEqual([1, 0, 0, 1, 1]);
    expect(await replicas[0]?.write((tx) => elect(tx, 'seal', 60_000))).toBe(true);
  });

  it('sends hints with the commit, and none of a transaction that failed', async () => {
    const store = await stores.open();
    const { promise: heard, resolve } = Promise.withResolvers<Hint>();
    store.subscribe('pipeline', (hint) => hint !== 'look' && resolve(hint));
    const failing = store.write(async (tx) => {
      tx.publish({ kind: 'pipeline', id: 1, value: 1 });
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    await store.write(async (tx) => tx.publish({ kind: 'pipeline', id: 2, value: 7 }));
    expect(await heard).toEqual({ kind: 'pipeline', id: 2, value: 7 });
  });

  it('refuses a database that a newer program wrote, or whose secrets another key has sealed', async () => {
    await (await stores.open()).close();
    const keyFile = join(stores.directory, 'master.key');
    expect(statSync(keyFile).mode & 0o777).toBe(0o600);
    const key = readFileSync(keyFile);
    writeFileSync(keyFile, Buffer.from(key).fill('a', 0, 8));
    await expect(stores.open()).rejects.toMatchObject({ code: 'store_key' });
    writeFileSync(keyFile, key);
    await stores.run("update store_meta set value = '99' where key = 'version'");
    await expect(stores.open()).rejects.toMatchObject({ code: 'store_newer' });
  });

  it("refuses a database that holds somebody else's tables", async () => {
    await stores.run('create table jobs (a int)');
    await expect(stores.open()).rejects.toMatchObject({ code: 'store_foreign' });
  });
});

it('runs transactions on SQLite one at a time, in the order of the calls', async () => {
  const stores = await createTestStores('SQLite', new AutoClock(1_000_000));
  const store = await stores.open();
  const keys = Array.from({ length: 50 }, (_, at) => String(at));
  await Promise.all(keys.map((key) => store.write((tx) => lockResourceGroup(tx, 1, key))));
  const rows = await store.read((db) => db.query.selectFrom('resource_groups').select('key').orderBy('id').execute());
  expect(rows.map(({ key }) => key)).toEqual(keys);
  await stores.close();
});
