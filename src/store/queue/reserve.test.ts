import { afterEach, beforeEach, expect, it } from 'vitest';
import { AutoClock } from '../../../test/support/auto-clock.ts';
import {
  insertAttempt,
  internLane,
  type Lane,
  listWaitingSince,
  putInQueue,
  releaseReservation,
  reserve,
  type Store,
  takeReserved,
} from '../index.ts';
import { createTestStores, describeOnEachEngine, type TestStores } from '../testing/engines.ts';

const LANE: Lane = { projectId: 1, tags: ['docker'], isProtected: false, isGraceful: false, kind: 'job' };
const RUNNER = {
  projects: [1, 2],
  tags: ['docker', 'big'],
  runsUntagged: true,
  isProtected: false,
  cancelsGracefully: true,
  takesCleanups: false,
};

describeOnEachEngine((engine) => {
  let clock: AutoClock;
  let stores: TestStores;
  let store: Store;

  beforeEach(async () => {
    clock = new AutoClock(1_000_000_000);
    stores = await createTestStores(engine, clock);
    store = await stores.open();
  });
  afterEach(() => stores.close());

  /** Jobs come one ms after the other by their number, unless `since` says. */
  async function enqueue(jobId: number, { since = clock.now() + jobId, ...lane }: Partial<Lane> & { since?: number }) {
    await store.write(async (tx) => {
      const laneId = await internLane(tx, { ...LANE, ...lane });
      await putInQueue(tx, [{ jobId, pipelineId: 1, laneId, since }]);
    });
  }

  const claim = (reservation: string, fit = RUNNER, from = store) =>
    from.write((tx) => reserve(tx, fit, reservation, clock.now() + 30_000));

  async function occupy(projectId: number, jobs: number): Promise<void> {
    for (let jobId = 0; jobId < jobs; jobId++) {
      const attempt = {
        jobId: projectId * 1000 + jobId,
        pipelineId: 9,
        projectId,
        attempt: 1,
        kind: 'job' as const,
        tokenHash: `${projectId}-${jobId}`,
        runnerId: 1,
        managerId: null,
        features: { cancelGracefully: true, phases: true, cleanupOnly: false },
        leaseUntil: clock.now() + 60_000,
      };
      await store.write((tx) => insertAttempt(tx, attempt));
    }
  }

  it('hands each waiting job to one claimer, oldest first, and only to who fits its lane', async () => {
    await enqueue(3, {});
    await enqueue(2, { tags: [] });
    await enqueue(1, { tags: ['gpu'] });
    await enqueue(4, { isProtected: true });
    await enqueue(5, { kind: 'cleanup' });
    await enqueue(7, { projectId: 3 });
    await enqueue(8, { isGraceful: true });
    expect((await claim('p', { ...RUNNER, isProtected: true }))?.jobId).toBe(4);
    await enqueue(6, { isProtected: true });
    const plain = { ...RUNNER, cancelsGracefully: false };
    const claimed = [
      await claim('a', plain),
      await claim('b', plain),
      await claim('c', plain),
      await claim('e', plain),
    ];
    expect(claimed.map((each) => each?.jobId ?? null)).toEqual([2, 3, 6, null]);
    expect(await claim('g')).toMatchObject({ jobId: 8, pipelineId: 1, kind: 'job', since: clock.now() + 8 });
    expect(await claim('d', { ...RUNNER, takesCleanups: true })).toMatchObject({ jobId: 5, kind: 'cleanup' });
  });

  it('serves cleanups first, then who has waited for long, then the project with the least under way', async () => {
    await occupy(1, 3);
    await occupy(2, 1);
    await enqueue(1, { projectId: 1, since: clock.now() - 599_000 });
    await enqueue(2, { projectId: 2 });
    await enqueue(3, { projectId: 1, tags: [], since: clock.now() - 601_000 });
    await enqueue(4, { projectId: 1, kind: 'cleanup' });
    const order = [];
    for (const name of ['a', 'b', 'c', 'd']) order.push((await claim(name, { ...RUNNER, takesCleanups: true }))?.jobId);
    expect(order).toEqual([4, 3, 2, 1]);
  });

  it('lets only the reservation that stands take its job', async () => {
    await enqueue(1, {});
    await claim('first');
    clock.jump(31_000);
    expect((await claim('second'))?.jobId).toBe(1);
    expect(await store.write((tx) => takeReserved(tx, 1, 'first'))).toBe(false);
    await store.write((tx) => releaseReservation(tx, 1, 'first'));
    expect(await claim('third')).toBeNull();
    await store.write((tx) => releaseReservation(tx, 1, 'second'));
    expect((await claim('fourth'))?.jobId).toBe(1);
    expect(await store.write((tx) => takeReserved(tx, 1, 'fourth'))).toBe(true);
    expect(await claim('fifth')).toBeNull();
  });

  it('gives no job to two of many that ask at the same moment, on two replicas', async () => {
    const other = engine === 'PostgreSQL' ? await stores.open() : store;
    for (let jobId = 1; jobId <= 40; jobId++) await enqueue(jobId, { projectId: 1 + (jobId % 2), tags: [] });
    const asked = Array.from({ length: 60 }, (_, at) => claim(`r${at}`, RUNNER, at % 2 === 0 ? store : other));
    const got = (await Promise.all(asked)).map((each) => each?.jobId).filter((id) => id !== undefined);
    // Whoever finds all heads held by others goes away with nothing, and asks again.
    for (let at = 0; got.length < 40 && at < 40; at++) got.push((await claim(`again${at}`))?.jobId ?? 0);
    expect(got.sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, at) => at + 1));
  });

  it('lists who has waited for long and is not reserved, page by page', async () => {
    for (const jobId of [1, 2, 3, 4]) await enqueue(jobId, { since: clock.now() - 1_000 + Math.floor(jobId / 2) });
    await claim('a');
    const page = (limit: number, after: Parameters<typeof listWaitingSince>[3] = null) =>
      store.read((db) => listWaitingSince(db, clock.now() - 998, limit, after));
    const [first] = await page(1);
    expect(first).toMatchObject({ jobId: 2, pipelineId: 1 });
    expect((await page(5, first)).map(({ jobId }) => jobId)).toEqual([3]);
  });
});
