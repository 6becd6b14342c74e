import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestStores, type Engine, type TestDatabase } from '../../../test/support/engines.ts';
import { openDiskStore } from '../../blobs/index.ts';
import { openRepositories } from '../../git/index.ts';
import type { Log, Parts } from '../parts.ts';
import { TestClock } from './test-clock.ts';

export interface OpenedParts extends Parts {
  readonly clock: TestClock;
  /** What was logged as a warning or an error, as text. */
  readonly complaints: readonly string[];
  /** The same parts in another process, as far as the database is concerned. */
  openReplica(): Promise<Parts>;
  /** Null on SQLite. */
  readonly database: TestDatabase | null;
  /** Closes the store and removes everything. */
  close(): Promise<void>;
}

function errorsInWords(_name: string, value: unknown): unknown {
  return value instanceof Error ? value.message : value;
}

/** 2026-01-02T03:04:05Z */
const START = 1_767_323_045_000;

/** Real parts: a database (`describeOnEachEngine` gives both engines), bare repositories and blobs in a temporary directory, and a clock that the test moves. */
export async function openParts(engine: Engine = 'SQLite'): Promise<OpenedParts> {
  const dataDir = realpathSync(mkdtempSync(join(tmpdir(), 'epilogue-parts-')));
  const clock = new TestClock(START);
  const complaints: string[] = [];
  const complain = (facts: object, text: string): void => {
    complaints.push(`${text} ${JSON.stringify(facts, errorsInWords)}`);
  };
  const log: Log = { info: () => {}, warn: complain, error: complain };
  const stores = await createTestStores(engine, clock);
  const store = await stores.open();
  const repositories = openRepositories({ root: join(dataDir, 'repositories'), path: process.env.PATH ?? '' });
  const blobs = openDiskStore({ root: join(dataDir, 'blobs') });
  const parts: Parts = {
    store,
    blobs,
    repositories,
    clock,
    log,
    base: 'http://ci.example',
    version: '0.0.0-test',
    dataDir,
    pageDir: join(dataDir, 'page'),
  };
  return {
    ...parts,
    clock,
    complaints,
    database: stores.database,
    openReplica: async () => ({ ...parts, store: await stores.open() }),
    async close() {
      await stores.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
