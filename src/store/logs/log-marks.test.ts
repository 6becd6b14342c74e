import { afterEach, beforeEach, expect, it } from 'vitest';
import { AutoClock } from '../../../test/support/auto-clock.ts';
import {
  askLogAgain,
  findLog,
  findLogBlock,
  findLogMark,
  growLog,
  listSectionBlocks,
  MARK_BYTES,
  markLog,
  noteLogErased,
  noteSealed,
  rewindLog,
  type Store,
  type Tx,
} from '../index.ts';
import { createTestStores, describeOnEachEngine, type TestStores } from '../testing/engines.ts';

describeOnEachEngine((engine) => {
  let stores: TestStores;
  let store: Store;

  const GROWN = {
    jobId: 5,
    projectId: 7,
    place: 'file',
    sizeBytes: 3 * MARK_BYTES,
    keptBytes: 3 * MARK_BYTES,
    newlines: 40,
    isOpen: true,
    attempt: 1,
    attemptStart: 0,
    crc: 0,
    resend: 'never',
  } as const;
  const marks = [0, 10, 10].map((newlines, block) => ({ block, newlines, hasSection: block === 0 }));

  beforeEach(async () => {
    stores = await createTestStores(engine, new AutoClock(1_000_000));
    store = await stores.open();
    await store.write(async (tx) => {
      await growLog(tx, 0, GROWN);
      for (const jobId of [5, 6]) await markLog(tx, jobId, { marks, section: null });
    });
  });

  afterEach(() => stores.close());

  const find = (mostNewlines: number) =>
    store.read(async (db) => (await findLogMark(db, 5, mostNewlines))?.block ?? null);
  const left = (jobId: number) => store.read(async (db) => (await findLogMark(db, jobId, 1e9))?.block ?? null);
  const sections = (from: number) =>
    store.read(async (db) => (await listSectionBlocks(db, 5, from, 10)).map(({ block }) => block));

  it('finds the last block before which there are so many newlines, and blocks with sections', async () => {
    expect([await find(0), await find(9), await find(10), await find(99)]).toEqual([0, 0, 2, 2]);
    expect(await store.read((db) => findLogBlock(db, 5, 1))).toEqual({ block: 1, newlines: 10, hasSection: false });
    expect(await store.read((db) => findLogBlock(db, 5, 3))).toBeNull();
    await store.write((tx) => markLog(tx, 5, { marks: [], section: 2 }));
    expect([await sections(0), await sections(1)]).toEqual([[0, 2], [2]]);
    expect(await store.read((db) => findLog(db, 5))).toMatchObject({ newlines: 40, isOpen: true });
  });

  it('has the lines of what is left of a log that is sent again', async () => {
    await store.write(async (tx) => {
      await askLogAgain(tx, { jobId: 5, attempt: 1 });
      const rewound = { from: GROWN.sizeBytes, to: MARK_BYTES, crc: 0, newlines: 10, isOpen: false };
      await rewindLog(tx, { jobId: 5, attempt: 1 }, rewound);
    });
    expect(await store.read((db) => findLog(db, 5))).toMatchObject({ newlines: 10, isOpen: false, resends: 1 });
    expect([await left(5), await left(6)]).toEqual([0, 2]);
  });

  it.each([
    ['sealed', async (tx: Tx) => void (await noteSealed(tx, 5, 'f00'))],
    ['erased', (tx: Tx) => noteLogErased(tx, 5)],
  ] satisfies [string, (tx: Tx) => Promise<void>][])(
    'takes the marks of a log away in the stroke by which it is %s, and no others',
    async (_state, note) => {
      await store.write(note);
      expect([await left(5), await left(6)]).toEqual([null, 2]);
    },
  );
});
