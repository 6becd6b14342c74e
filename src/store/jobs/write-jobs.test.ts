import { afterEach, beforeEach, expect, it } from 'vitest';
import { AutoClock } from '../../../test/support/auto-clock.ts';
import {
  ANY_JOB,
  insertJobs,
  listJobs,
  listObligations,
  loadJobRows,
  type Store,
  type StoredState,
  updateJobs,
} from '../index.ts';
import { createTestStores, describeOnEachEngine, type TestStores } from '../testing/engines.ts';

const FRESH = {
  status: 'created',
  phase: null,
  cause: null,
  attempt: 0,
  handOut: 'none',
  runner: null,
  leaseUntil: null,
  deadline: null,
  budgets: null,
  extendedMs: 0,
  owed: false,
  cleanup: null,
  cleanupHandOuts: 0,
  failureReason: null,
  exitCode: null,
  cancelRequest: null,
  forceRequest: null,
  skipReason: null,
  startAt: null,
  queuedAt: null,
  startedAt: null,
  finishedAt: null,
} as const satisfies StoredState;

describeOnEachEngine((engine) => {
  let stores: TestStores;
  let store: Store;

  beforeEach(async () => {
    stores = await createTestStores(engine, new AutoClock(1_000_000));
    store = await stores.open();
  });
  afterEach(() => stores.close());

  async function insert(pipeline: number, names: readonly string[]): Promise<void> {
    const jobs = names.map((name, number) => ({
      number,
      position: number,
      name,
      stage: 'test',
      stageIndex: 0,
      kind: 'script' as const,
      tags: [],
      resourceGroup: null,
      state: FRESH,
      allowFailure: false,
      userId: null,
    }));
    await store.write((tx) => insertJobs(tx, { id: pipeline, projectId: 1 }, jobs));
  }

  const PAGE = { limit: 100, offset: 0, after: null, order: 'asc' } as const;

  it('writes what an event touched, and no other job of this pipeline or another', async () => {
    await insert(1, ['a', 'b', 'c']);
    await insert(2, ['a', 'b', 'c']);
    const changed = (number: number, status: 'running' | 'failed') => ({
      number,
      state: { ...FRESH, status },
      allowFailure: number === 2,
      isRetried: false,
    });
    await store.write((tx) => updateJobs(tx, 1, [changed(0, 'running'), changed(2, 'failed')]));
    await store.write((tx) => updateJobs(tx, 1, []));
    const jobs = await store.read((db) => listJobs(db, ANY_JOB, PAGE));
    const shown = jobs.map(({ pipelineId, name, state, allowFailure }) => [
      pipelineId,
      name,
      state.status,
      allowFailure,
    ]);
    expect(shown).toEqual([
      [1, 'a', 'running', false],
      [1, 'b', 'created', false],
      [1, 'c', 'failed', true],
      [2, 'a', 'created', false],
      [2, 'b', 'created', false],
      [2, 'c', 'created', false],
    ]);
    const rows = await store.read((db) => loadJobRows(db, 1));
    expect(rows.map(({ position, state }) => [position, state.status])).toEqual([
      [0, 'running'],
      [1, 'created'],
      [2, 'failed'],
    ]);
  });

  it('lists the obligations that are open or did not end well, page by page', async () => {
    await insert(1, ['open', 'lost', 'met', 'none']);
    const lost = { outcome: 'lost', attempt: 1, reason: 'host gone' } as const;
    const states = [
      { ...FRESH, owed: true },
      { ...FRESH, owed: true, cleanup: lost },
      { ...FRESH, owed: true, cleanup: { outcome: 'succeeded', attempt: 1, exitCode: 0, durationMs: 1 } as const },
    ];
    const changes = states.map((state, number) => ({ number, state, allowFailure: false, isRetried: false }));
    await store.write((tx) => updateJobs(tx, 1, changes));
    const names = async (kind: 'open' | 'lost' | 'failed', offset = 0) =>
      (
        await store.read((db) => listObligations(db, { kind, projectId: 1, withSettled: false }, { ...PAGE, offset }))
      ).map(({ name }) => name);
    expect([await names('open'), await names('lost'), await names('failed')]).toEqual([['open'], ['lost'], []]);
    expect(await names('open', 1)).toEqual([]);
  });
});
