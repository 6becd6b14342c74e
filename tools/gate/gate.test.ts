import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cookieVariable, endLeftovers } from './leftovers.ts';
import { readVitestReport } from './read-vitest-report.ts';
import { formatReport } from './report.ts';
import { runCommand } from './run-command.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'epilogue-gate-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const never = new AbortController().signal;

/** A zombie that its new parent has not reaped yet has no command line any more. */
function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}`) && readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '';
}

function sh(script: string, timeoutMs: number, signal: AbortSignal = never): ReturnType<typeof runCommand> {
  return runCommand({ argv: ['sh', '-c', script], timeoutMs, logFile: join(dir, 'log') }, signal);
}

describe('a command', () => {
  it('keeps its output and says how it ended', async () => {
    expect(await sh('echo out; echo err >&2; exit 3', 10_000)).toMatchObject({ succeeded: false, ending: 'exit 3' });
    expect(readFileSync(join(dir, 'log'), 'utf8').split('\n').toSorted()).toEqual(['', 'err', 'out']);
  });

  it('that cannot be started is a failed one', async () => {
    const command = { argv: ['/nowhere/at/all'], timeoutMs: 1000, logFile: join(dir, 'log') } as const;
    expect(await runCommand(command, never)).toMatchObject({
      succeeded: false,
      ending: expect.stringContaining('ENOENT'),
    });
  });

  it('that does not end in time is ended with its descendants', async () => {
    const result = await sh('sleep 60 & echo $!; wait', 300);
    expect(result).toMatchObject({ succeeded: false, ending: 'no end after 0.3 s' });
    const child = Number(readFileSync(join(dir, 'log'), 'utf8'));
    await vi.waitFor(() => expect(isAlive(child)).toBe(false), { timeout: 5000 });
  });

  it('leaves no background process when it ends by itself', async () => {
    expect(await sh('sleep 60 & echo $!', 10_000)).toMatchObject({ succeeded: true });
    const child = Number(readFileSync(join(dir, 'log'), 'utf8'));
    await vi.waitFor(() => expect(isAlive(child)).toBe(false), { timeout: 5000 });
  });
});

it('a process that left its group is found by its cookie, named and ended', async () => {
  const cookie = `test-${process.pid}`;
  const child = spawn('sleep', ['61'], {
    detached: true,
    env: { ...process.env, [cookieVariable]: cookie },
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)));
  expect(await endLeftovers(cookie, 200)).toEqual([`${child.pid} sleep 61`]);
  expect(await ended).toBe('SIGKILL');
});

describe("vitest's report", () => {
  it('is counted by test, and a file that does not load counts as a failure', () => {
    const path = join(dir, 'report.json');
    const result = (status: string, fullName: string): object => ({ status, fullName });
    const tests = [result('passed', 'adds'), result('failed', 'divides by zero'), result('skipped', 'needs Docker')];
    const testResults = [
      { name: '/x/src/a.test.ts', status: 'failed', message: '', assertionResults: tests },
      { name: '/x/src/b.test.ts', status: 'failed', message: 'no such module\n at …', assertionResults: [] },
    ];
    writeFileSync(path, JSON.stringify({ testResults }));
    const failures = ['src/a.test.ts: divides by zero', 'src/b.test.ts: no such module'];
    expect(readVitestReport(path, '/x')).toEqual({ passed: 1, failed: 2, skipped: 1, failures });
  });

  it('may be missing when vitest died', () => {
    expect(readVitestReport(join(dir, 'none.json'), '/x')).toBeNull();
  });
});

describe('the report', () => {
  const good = { name: 'types', passed: 1, failed: 0, skipped: 0, durationMs: 1234, failures: [] };
  const skipped = { ...good, name: 'Docker', passed: 0, skipped: 1, note: 'not installed' };
  const bad = { ...good, name: 'unit tests', passed: 8, failed: 2, note: 'log', failures: ['a: b', 'c: d'] };

  it('ends with the one line that counts', () => {
    expect(formatReport([good]).split('\n').at(-1)).toBe('1 passed, 0 failed');
    expect(formatReport([good, skipped]).split('\n').at(-1)).toBe('1 passed, 0 failed, 1 skipped');
  });

  it('says what was skipped and why, and names what failed last', () => {
    expect(formatReport([good, skipped, bad]).split('\n')).toEqual([
      '                      passed   failed  skipped',
      'types       passed         1        0        0     1.2 s',
      'Docker      skipped        0        0        1     1.2 s  not installed',
      'unit tests  FAILED         8        2        0     1.2 s  log',
      '',
      'FAILED  unit tests: a: b',
      'FAILED  unit tests: c: d',
      '',
      '9 passed, 2 failed, 1 skipped',
    ]);
  });
});
