import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { AutoClock } from '../../test/support/auto-clock.ts';
import { startLocalRunner } from './local-runner.ts';
import { memoryOutput } from './testing/sample-run.ts';

const QUARTER_MS = 15 * 60_000;

let directory: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'epilogue-local-runner-'));
});

afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  rmSync(directory, { recursive: true });
});

/** A runner of an earlier server that is asked to end in vain. */
async function startStubborn(): Promise<ChildProcess> {
  const locks = join(import.meta.dirname, '../runner/take-over/lock-journals.ts');
  const text = `import { tryLockJournals } from ${JSON.stringify(locks)};
    process.on('SIGTERM', () => {});
    await tryLockJournals(${JSON.stringify(directory)});
    console.log('held');
    setInterval(() => {}, 1e6);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', text], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  await once(child.stdout, 'data');
  return child;
}

it('waits no longer than a quarter of an hour for the runner of an earlier server, says that it is left, and starts none beside it', async () => {
  const { pid } = await startStubborn();
  const clock = new AutoClock(0);
  const stderr = memoryOutput();
  const host = { program: ['/bin/false'], clock, stderr, env: {} };
  const runner = startLocalRunner(host, { directory, tokenFile: 'token', urlFile: 'url' });
  await clock.sleep(60_000);
  const toldAt = clock.monotonic();
  await runner.stop();
  expect(clock.monotonic() - toldAt).toBe(QUARTER_MS);
  expect(stderr.text()).toBe(
    `epilogue: the runner of an earlier server goes on (process ${pid})\n` +
      `epilogue: the local runner (process ${pid}) has not ended in time; it goes on by itself\n`,
  );
  const sleep = vi.spyOn(clock, 'sleep');
  await clock.sleep(QUARTER_MS);
  expect(sleep.mock.calls, 'nobody looks after it any more').toEqual([[QUARTER_MS]]);
});
