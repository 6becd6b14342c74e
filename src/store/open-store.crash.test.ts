import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AutoClock } from '../../test/support/auto-clock.ts';
import { itAsRoot } from '../../test/support/privilege.ts';
import { realClock } from '../base/index.ts';
import { lockResourceGroup, openStore, type Store } from './index.ts';
import { createTestStores, describeOnEachEngine, type TestStores } from './testing/engines.ts';

const WRITER = fileURLToPath(new URL('testing/write-until-killed.ts', import.meta.url));

async function keysOf(store: Store): Promise<ReadonlySet<string>> {
  const rows = await store.read((db) => db.query.selectFrom('resource_groups').select('key').execute());
  return new Set(rows.map(({ key }) => key));
}

describeOnEachEngine((engine) => {
  let stores: TestStores;

  beforeEach(async () => {
    stores = await createTestStores(engine, new AutoClock(1_000_000));
  });
  afterEach(() => stores.close());

  /** What the writer had been told is written when it was killed, in the midst of the next ones. */
  async function writeAndKill(prefix: string, acknowledgements: number): Promise<readonly string[]> {
    const where = stores.database?.url ?? join(stores.directory, 'epilogue.db');
    const child = spawn(process.execPath, [WRITER, where, join(stores.directory, 'master.key'), prefix], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    const acknowledged: string[] = [];
    for await (const line of createInterface(child.stdout)) {
      acknowledged.push(line);
      if (acknowledged.length === acknowledgements) child.kill('SIGKILL');
    }
    expect(await ended).toEqual([null, 'SIGKILL']);
    return acknowledged;
  }

  it('has every acknowledged write after kill -9, again and again', async () => {
    const acknowledged: string[] = [];
    for (const [round, count] of [1, 2, 3, 7, 20, 90].entries())
      acknowledged.push(...(await writeAndKill(String(round), count)));
    const keys = await keysOf(await stores.open());
    expect(acknowledged.filter((key) => !keys.has(key))).toEqual([]);
    expect(acknowledged.length).toBeGreaterThanOrEqual(123);
  }, 60_000);
});

itAsRoot('refuses to write on a full disk, reads on, and writes again when there is room', async () => {
  const disk = (await createTestStores('SQLite', new AutoClock(1_000_000))).directory;
  mkdirSync(join(disk, 'full'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', join(disk, 'full')]);
  try {
    const store = await openStore({
      database: { file: join(disk, 'full/epilogue.db') },
      keyFile: join(disk, 'master.key'),
      clock: realClock,
    });
    const put = (key: string) => store.write((tx) => lockResourceGroup(tx, 1, key));
    await put('before');
    fillUp(join(disk, 'full/ballast'));
    const failed = await untilRefused(put);
    expect(failed.error).toMatchObject({ code: 'store_full' });
    const keys = await keysOf(store);
    expect(keys.has('before')).toBe(true);
    expect(keys.size).toBe(failed.written + 1);
    rmSync(join(disk, 'full/ballast'));
    await put('after');
    expect((await keysOf(store)).has('after')).toBe(true);
    await store.close();
  } finally {
    execFileSync('umount', [join(disk, 'full')]);
    rmSync(disk, { recursive: true });
  }
});

function fillUp(file: string): void {
  for (let size = 4_096 * 1_024; size >= 4_096; size /= 2) {
    try {
      for (;;) writeFileSync(file, Buffer.alloc(size), { flag: 'a' });
    } catch {
      // No room for so much; half of it may fit.
    }
  }
}

/** What is left in the log may take some more. */
async function untilRefused(put: (key: string) => Promise<unknown>): Promise<{ written: number; error: unknown }> {
  for (let written = 0; written < 5_000; written++) {
    try {
      await put(`more-${written}-${'x'.repeat(3_000)}`);
    } catch (error) {
      return { written, error };
    }
  }
  throw new Error('the disk takes everything');
}
