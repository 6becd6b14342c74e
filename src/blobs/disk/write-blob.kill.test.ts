import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { makeKey } from '../blob-key.ts';
import { readBytes, sha256 } from '../testing/sources.ts';
import { useTemporaryDirectory } from '../testing/temporary-directory.ts';
import { openDiskStore } from './open-disk-store.ts';

const temporary = useTemporaryDirectory();
const program = join(import.meta.dirname, '../testing/put-for-ever.ts');
const key = makeKey('logs', 7, 'log');

/** Starts the program and kills it once it has said `lines` lines; what it had acknowledged until then, or null. */
async function killAfter(lines: number, root: string, from: number): Promise<number | null> {
  const child = spawn(process.execPath, [program, root, String(from)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let count = 0;
  let stored: number | null = null;
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('stored')) stored = Number(line.split(' ')[1]);
    if (++count === lines) child.kill('SIGKILL');
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  expect(child.signalCode).toBe('SIGKILL');
  return stored;
}

it('shows a whole blob whenever its writer is killed, and none older than one that was acknowledged', async () => {
  const root = temporary.fresh();
  let acknowledged = -1;
  for (let kill = 0; kill < 24; kill += 1) {
    // Every place in a put is hit, and more than one put.
    acknowledged = (await killAfter(1 + ((kill * 5) % 23), root, acknowledged + 1)) ?? acknowledged;
    const store = openDiskStore({ root });
    const stat = await store.stat(key);
    if (stat !== null) {
      const bytes = await readBytes(store, key);
      const n = bytes[0] ?? 0;
      expect(bytes.equals(Buffer.alloc(6 * (10_000 + n), n))).toBe(true);
      expect([null, sha256(bytes)]).toContain(stat.sha256);
      expect(n).toBeGreaterThanOrEqual(acknowledged);
      acknowledged = n;
    } else expect(acknowledged).toBe(-1);
    expect((await store.list('')).blobs.map((blob) => blob.key)).toEqual(stat === null ? [] : [key]);
    await store.sweep(Number.POSITIVE_INFINITY);
    expect(await store.sweep(Number.POSITIVE_INFINITY)).toBe(0);
  }
  expect(acknowledged).toBeGreaterThan(20);
}, 60_000);
