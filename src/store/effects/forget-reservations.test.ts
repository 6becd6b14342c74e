import { afterEach, beforeEach, expect, it } from 'vitest';
import { AutoClock } from '../../../test/support/auto-clock.ts';
import { finishEffect, forgetReservations, putEffect, type Store, takeEffect } from '../index.ts';
import { createTestStores, describeOnEachEngine, type TestStores } from '../testing/engines.ts';

describeOnEachEngine((engine) => {
  let stores: TestStores;
  let store: Store;

  beforeEach(async () => {
    stores = await createTestStores(engine, new AutoClock(1_000_000));
    store = await stores.open();
  });
  afterEach(() => stores.close());

  it('frees what a dead process had taken, and leaves alone what waits for its time', async () => {
    const subject = { projectId: null, pipelineId: null, jobId: null, body: null };
    const take = (by: string) => store.write((tx) => takeEffect(tx, by, tx.now() + 120_000));
    await store.write((tx) => putEffect(tx, { ...subject, kind: 'taken', dueAt: tx.now() }));
    await store.write((tx) => putEffect(tx, { ...subject, kind: 'later', dueAt: tx.now() + 60_000 }));
    const taken = await take('dead');
    expect(await take('next')).toBeNull();
    await store.write(forgetReservations);
    expect(await take('next')).toMatchObject({ id: taken?.id, kind: 'taken' });
    expect(await store.write((tx) => finishEffect(tx, taken?.id ?? 0, 'dead'))).toBe(false);
    expect(await take('next')).toBeNull();
  });
});
