import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe } from 'vitest';
import { type Clock, realClock } from '../../base/index.ts';
import { openStore, type Store } from '../index.ts';
import { createTestDatabase, type TestDatabase, whyNoPostgres } from './test-database.ts';

export type Engine = 'SQLite' | 'PostgreSQL';

/** The same tests on both engines. */
export function describeOnEachEngine(body: (engine: Engine) => void): void {
  describe('on SQLite', () => body('SQLite'));
  const why = whyNoPostgres();
  if (why === null) describe('on PostgreSQL', () => body('PostgreSQL'));
  else describe.skip(`on PostgreSQL (${why})`, () => body('PostgreSQL'));
}

/** One database, empty at first, and the stores that a test opens on it. */
export interface TestStores {
  /** Everything lies in here. */
  readonly directory: string;
  /** Null on SQLite. */
  readonly database: TestDatabase | null;
  /** Another replica, or the same program once more. Instants come from the clock, on PostgreSQL too. */
  open(): Promise<Store>;
  /** Past the store: one statement. */
  run(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Closes what was opened, and removes the database. */
  close(): Promise<void>;
}

export async function createTestStores(engine: Engine, clock: Clock): Promise<TestStores> {
  const directory = mkdtempSync(join(tmpdir(), 'epilogue-store-'));
  const database = engine === 'PostgreSQL' ? await createTestDatabase() : null;
  const opened: Store[] = [];
  return {
    directory,
    database,
    async open() {
      const store = await openStore({
        database: database === null ? { file: join(directory, 'epilogue.db') } : { url: database.url },
        keyFile: join(directory, 'master.key'),
        // A test's clock says what time it is; who waits for a server waits in earnest.
        clock: engine === 'SQLite' ? clock : { ...realClock, now: () => clock.now() },
        time: 'clock',
        connections: 8,
      });
      opened.push(store);
      return store;
    },
    run: async (sql) => (database === null ? runOnFile(join(directory, 'epilogue.db'), sql) : database.run(sql)),
    async close() {
      for (const store of opened) await store.close();
      await database?.drop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function runOnFile(file: string, sql: string): readonly Readonly<Record<string, unknown>>[] {
  const database = new DatabaseSync(file);
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}
