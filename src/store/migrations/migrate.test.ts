import { expect, it } from 'vitest';
import { AutoClock } from '../../../test/support/auto-clock.ts';
import { findLog, findLogMark, growLog, markLog } from '../index.ts';
import { createTestStores, describeOnEachEngine } from '../testing/engines.ts';

/** What 0004 and 0005 have made, undone: a database as a program of before leaves it. */
const BEFORE_LINES = [
  'drop index jobs_cleaned',
  'drop table log_marks',
  'alter table logs drop column is_open',
  'alter table logs drop column newlines',
  "update store_meta set value = '3' where key = 'version'",
];

describeOnEachEngine((engine) => {
  it('brings a database of before logs had lines to this one, its logs and its secrets with it', async () => {
    const stores = await createTestStores(engine, new AutoClock(1_000_000));
    const old = await stores.open();
    const identity = await old.read(async (db) => db.identity);
    const grown = {
      jobId: 5,
      projectId: 7,
      place: 'file',
      newlines: 2,
      isOpen: false,
      attempt: 1,
      attemptStart: 0,
    } as const;
    const first = { ...grown, sizeBytes: 100, keptBytes: 100, crc: 3, resend: 'never' } as const;
    await old.write((tx) => growLog(tx, 0, first));
    await old.close();
    for (const statement of BEFORE_LINES) await stores.run(statement);

    const store = await stores.open();
    expect(await store.read(async (db) => db.identity)).toBe(identity);
    const log = await store.read((db) => findLog(db, 5));
    expect(log).toMatchObject({ sizeBytes: 100, crc: 3, newlines: null, isOpen: false });
    expect(await store.read((db) => findLogMark(db, 5, 1e9))).toBeNull();
    await store.write(async (tx) => {
      await growLog(tx, 100, { ...first, sizeBytes: 200, keptBytes: 200, newlines: null });
      await growLog(tx, 0, { ...first, jobId: 6 });
      await markLog(tx, 6, { marks: [{ block: 0, newlines: 0, hasSection: false }], section: null });
    });
    expect(await store.read((db) => findLog(db, 5))).toMatchObject({ sizeBytes: 200, newlines: null });
    expect(await store.read((db) => findLog(db, 6))).toMatchObject({ newlines: 2 });
    expect(await store.read((db) => findLogMark(db, 6, 0))).toMatchObject({ block: 0 });
    const [kept] = await stores.run("select value from store_meta where key = 'version'");
    expect(Number(kept?.value)).toBeGreaterThanOrEqual(5);
    await stores.close();
  });
});
