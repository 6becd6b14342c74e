import { afterEach, beforeEach, expect, it } from 'vitest';
import { AutoClock } from '../../../test/support/auto-clock.ts';
import {
  findManager,
  findRegistrationToken,
  findRunnerByToken,
  insertRunner,
  listRunners,
  type NewRunner,
  noteManager,
  type Store,
  setRegistrationToken,
  setRunnerToken,
} from '../index.ts';
import { createTestStores, describeOnEachEngine, type TestStores } from '../testing/engines.ts';

describeOnEachEngine((engine) => {
  let stores: TestStores;
  let clock: AutoClock;
  let store: Store;

  beforeEach(async () => {
    clock = new AutoClock(1_000_000);
    stores = await createTestStores(engine, clock);
    store = await stores.open();
  });

  afterEach(() => stores.close());

  const RUNNER: NewRunner = {
    kind: 'project',
    tokenHash: 'one',
    tokenExpiresAt: null,
    createdBy: null,
    description: 'ours',
    tags: ['docker'],
    runUntagged: true,
    isProtected: false,
    isLocked: false,
    isPaused: false,
    maximumTimeoutS: null,
    maintenanceNote: null,
  };

  it('finds a runner by its token, and by the new one alone after a reset', async () => {
    const id = await store.write((tx) => insertRunner(tx, RUNNER, [7]));
    expect(await store.read((db) => findRunnerByToken(db, 'one'))).toMatchObject({ id, tags: ['docker'] });
    await store.write((tx) => setRunnerToken(tx, id, 'two', null));
    expect(await store.read((db) => findRunnerByToken(db, 'one'))).toBeNull();
    expect(await store.read((db) => findRunnerByToken(db, 'two'))).toMatchObject({ id });
  });

  it("lists what a project's jobs may run on: its own runners and those of the instance", async () => {
    await store.write(async (tx) => {
      await insertRunner(tx, RUNNER, [7]);
      await insertRunner(tx, { ...RUNNER, tokenHash: 'two' }, [8]);
      await insertRunner(tx, { ...RUNNER, tokenHash: 'three', kind: 'instance' }, []);
    });
    const filter = { kind: null, projectId: 7, isPaused: null, createdBy: null, isQuarantined: null };
    const page = { limit: 10, offset: 0, after: null, order: 'asc' } as const;
    expect((await store.read((db) => listRunners(db, filter, page))).map(({ id }) => id)).toEqual([1, 3]);
  });

  it('keeps one row a manager, with what it said last', async () => {
    const runnerId = await store.write((tx) => insertRunner(tx, RUNNER, [7]));
    const info = { name: 'a', version: '1', revision: '', platform: '', architecture: '', executor: 'shell' };
    const word = { runnerId, systemId: 's_1', features: ['cancel_gracefully'], info, ip: null, quarantine: null };
    const first = await store.write((tx) => noteManager(tx, word));
    clock.jump(5);
    expect(await store.write((tx) => noteManager(tx, { ...word, features: [] }))).toBe(first);
    const manager = await store.read((db) => findManager(db, runnerId, 's_1'));
    expect(manager).toMatchObject({ features: [], createdAt: 1_000_000, contactedAt: 1_000_005 });
  });

  it('knows the last registration token of a project, and of the instance', async () => {
    await store.write((tx) => setRegistrationToken(tx, 7, 'a'));
    await store.write((tx) => setRegistrationToken(tx, null, 'b'));
    await store.write((tx) => setRegistrationToken(tx, 7, 'c'));
    const found = await store.read(async (db) => [
      await findRegistrationToken(db, 'a'),
      await findRegistrationToken(db, 'b'),
      await findRegistrationToken(db, 'c'),
    ]);
    expect(found).toEqual([null, { projectId: null }, { projectId: 7 }]);
  });
});
