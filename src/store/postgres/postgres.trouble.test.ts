import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AutoClock } from '../../../test/support/auto-clock.ts';
import { type Hint, lockResourceGroup, type Store } from '../index.ts';
import { createTestStores, type TestStores } from '../testing/engines.ts';
import { whyNoPostgres } from '../testing/test-database.ts';

const why = whyNoPostgres();

describe.skipIf(why !== null)(`in trouble${why === null ? '' : ` (${why})`}`, () => {
  let stores: TestStores;
  let store: Store;

  beforeEach(async () => {
    stores = await createTestStores('PostgreSQL', new AutoClock(1_000_000));
    store = await stores.open();
  });
  afterEach(() => stores.close());

  const put = (key: string) => store.write((tx) => lockResourceGroup(tx, 1, key));
  const keys = async () =>
    (await store.read((db) => db.query.selectFrom('resource_groups').select('key').execute())).map(({ key }) => key);

  /** Cuts the connections for which `condition` holds; how many. */
  async function cut(condition: string): Promise<number> {
    const rows = await stores.run(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and ${condition}`);
    return rows.length;
  }

  it('says that nobody knows when the connection is cut during a commit', async () => {
    await stores.run(
      `create function wait() returns trigger language plpgsql as $$ begin perform pg_sleep(60); return null; end $$`,
    );
    await stores.run(`create constraint trigger slow after insert on resource_groups deferrable initially deferred
      for each row execute function wait()`);
    const writing = expect(put('slow')).rejects.toMatchObject({ code: 'commit_unknown' });
    await vi.waitFor(async () => expect(await cut("wait_event = 'PgSleep'")).toBe(1), { timeout: 10_000 });
    await writing;
    await stores.run('drop trigger slow on resource_groups');
    await put('next');
    expect(await keys()).toEqual(['next']);
  });

  it('runs a transaction again whose connection was cut before its commit', async () => {
    let runs = 0;
    await store.write(async (tx) => {
      await lockResourceGroup(tx, 1, `run ${++runs}`);
      if (runs === 1) await cut("state = 'idle in transaction'");
      await lockResourceGroup(tx, 1, 'end');
    });
    expect(await keys()).toEqual(['run 2', 'end']);
  });

  it('goes on when a newer replica has changed a table that is asked for as it is', async () => {
    const look = () => store.read((db) => db.query.selectFrom('resource_groups').selectAll().execute());
    await put('a');
    // Every connection of the pool knows the statement.
    await Promise.all(Array.from({ length: 20 }, look));
    await stores.run('alter table resource_groups add column made_by_newer text');
    expect(await Promise.all(Array.from({ length: 20 }, look))).toMatchObject(Array(20).fill([{ key: 'a' }]));
  });

  it('runs one of two transactions again that wait for each other', async () => {
    await put('a');
    await put('b');
    const { promise: bothHold, resolve } = Promise.withResolvers<void>();
    let holding = 0;
    let runs = 0;
    const lockBoth = (first: string, second: string) =>
      store.write(async (tx) => {
        runs++;
        await lockResourceGroup(tx, 1, first);
        if (++holding === 2) resolve();
        await bothHold;
        await lockResourceGroup(tx, 1, second);
      });
    await Promise.all([lockBoth('a', 'b'), lockBoth('b', 'a')]);
    expect(runs).toBe(3);
  });

  it('tells everybody to look when the listening connection was cut, and hears again', async () => {
    const heard: (Hint | 'look')[] = [];
    store.subscribe('pipeline', (hint) => heard.push(hint));
    const other = await stores.open();
    expect(await cut("state = 'idle'")).toBeGreaterThan(0);
    await vi.waitFor(() => expect(heard).toContain('look'), { timeout: 10_000 });
    await other.write(async (tx) => tx.publish({ kind: 'pipeline', id: 3, value: 1 }));
    await vi.waitFor(() => expect(heard).toContainEqual({ kind: 'pipeline', id: 3, value: 1 }), { timeout: 10_000 });
  });

  it('reads a database that may not be written, and says so to who writes', async () => {
    await put('before');
    const [row] = await stores.run('select current_database() as name');
    await stores.run(`alter database ${row?.name} set default_transaction_read_only = on`);
    await cut('true');
    await expect(put('after')).rejects.toMatchObject({ code: 'store_read_only' });
    expect(await keys()).toEqual(['before']);
  });

  it('waits for a database that takes no connections for a moment', async () => {
    await put('before');
    await cut("application_name = 'epilogue'");
    const admit = await stores.database?.cutListeners();
    const reading = keys();
    const [refused] = await Promise.allSettled([stores.run('select 1')]);
    expect(refused?.status).toBe('rejected');
    await admit?.();
    expect(await reading).toEqual(['before']);
  });
});
