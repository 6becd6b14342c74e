import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { until } from '../../testing/executor-contract.ts';
import { readProcess, scanProcesses, startedWith } from './process-scan.ts';

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

describe('scanning processes', () => {
  it('finds this process and its parent', () => {
    const found = new Map(scanProcesses().map((entry) => [entry.pid, entry]));
    expect(found.get(process.pid)).toMatchObject({ pid: process.pid, parent: process.ppid });
    expect(found.has(process.ppid)).toBe(true);
  });

  it('answers null for a process that is not there', () => {
    expect(readProcess(2 ** 22 + 1)).toBeNull();
  });

  it('leaves out what has ended and waits to be reaped', async () => {
    const parent = spawn('sh', ['-c', 'true & echo $!; exec sleep 1000'], { stdio: ['ignore', 'pipe', 'ignore'] });
    onTestFinished(() => kill(parent));
    const [line] = await once(parent.stdout, 'data');
    const zombie = Number(String(line));
    await until('the child is a zombie', () => (readProcess(zombie) === null ? true : null));
  });

  it('reads fields rightly when the name holds spaces and parentheses', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'epilogue-scan-'));
    const program = join(dir, 'a) R 1 (b');
    copyFileSync('/bin/sleep', program);
    const child = spawn(program, ['1000'], { stdio: 'ignore', detached: true });
    onTestFinished(async () => {
      await kill(child);
      rmSync(dir, { recursive: true });
    });
    await once(child, 'spawn');
    const { pid = 0 } = child;
    expect(readProcess(pid)).toMatchObject({ pid, parent: process.pid, group: pid, session: pid });
  });

  it('matches a variable of the environment whole', async () => {
    const env = { FIRST: 'abc', XSECOND: 'no', SECOND: 'value', LARGE: 'x'.repeat(100_000), LAST: 'end' };
    const child = spawn('/bin/sleep', ['1000'], { env, stdio: 'ignore' });
    onTestFinished(() => kill(child));
    const entry = { pid: child.pid ?? 0, isHeadless: false };
    await until('it runs the program', () => (startedWith(entry, 'LAST=end') ? true : null));
    for (const there of ['FIRST=abc', 'SECOND=value']) expect(startedWith(entry, there)).toBe(true);
    for (const absent of ['FIRST=ab', 'SECOND=no', 'IRST=abc', 'ECOND=value', 'FIRST=abcd']) {
      expect(startedWith(entry, absent)).toBe(false);
    }
    await kill(child);
    expect(startedWith(entry, 'FIRST=abc')).toBeNull();
  });
});
