import { afterEach, beforeEach, expect, it } from 'vitest';
import { AutoClock } from '../../../test/support/auto-clock.ts';
import {
  deleteLogChunks,
  findLog,
  findLogChunk,
  growLog,
  insertLogChunk,
  noteLogErased,
  noteSealed,
  type Store,
  type Tx,
} from '../index.ts';
import { createTestStores, describeOnEachEngine, type TestStores } from '../testing/engines.ts';

describeOnEachEngine((engine) => {
  let stores: TestStores;
  let store: Store;

  beforeEach(async () => {
    stores = await createTestStores(engine, new AutoClock(1_000_000));
    store = await stores.open();
  });

  afterEach(() => stores.close());

  const GROWN = {
    jobId: 5,
    projectId: 7,
    place: 'file',
    keptBytes: 3,
    newlines: 0,
    isOpen: true,
    attempt: 1,
    attemptStart: 0,
    crc: 0,
    resend: 'never',
  } as const;

  it('lets a log grow only from where it ends', async () => {
    const grow = (from: number, sizeBytes: number) =>
      store.write((tx) => growLog(tx, from, { ...GROWN, sizeBytes, keptBytes: sizeBytes }));
    expect(await grow(3, 9)).toBe(false);
    expect([await grow(0, 3), await grow(0, 4), await grow(3, 9)]).toEqual([true, false, true]);
    expect(await store.read((db) => findLog(db, 5))).toMatchObject({ sizeBytes: 9, keptBytes: 9, state: 'growing' });
  });

  it.each([
    ['sealed', async (tx: Tx) => void (await noteSealed(tx, 5, 'f00'))],
    ['erased', (tx: Tx) => noteLogErased(tx, 5)],
  ] satisfies [string, (tx: Tx) => Promise<void>][])(
    'takes the chunks of a log away in the stroke by which it is %s, and no others',
    async (state, note) => {
      await store.write(async (tx) => {
        await growLog(tx, 0, { ...GROWN, place: 'chunks', sizeBytes: 3 });
        for (const jobId of [5, 6]) await insertLogChunk(tx, jobId, 0, Buffer.from('abc'));
      });
      await store.write(note);
      expect(await store.read((db) => findLog(db, 5))).toMatchObject({ state });
      const chunks = [5, 6].map((jobId) => store.read((db) => findLogChunk(db, jobId, 0)));
      expect((await Promise.all(chunks)).map((chunk) => chunk?.start ?? null)).toEqual([null, 0]);
    },
  );

  it('finds the chunk that a byte lies in', async () => {
    await store.write(async (tx) => {
      await insertLogChunk(tx, 5, 0, Buffer.from('abc'));
      await insertLogChunk(tx, 5, 3, Buffer.from('de'));
    });
    const at = async (byte: number) => (await store.read((db) => findLogChunk(db, 5, byte)))?.start ?? null;
    expect([await at(0), await at(2), await at(3), await at(4), await at(5)]).toEqual([0, 0, 3, 3, null]);
    await store.write((tx) => deleteLogChunks(tx, 5));
    expect(await at(0)).toBeNull();
  });
});
