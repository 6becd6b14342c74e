import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { root } from './check-steps.ts';
import { cookieVariable, endLeftovers } from './leftovers.ts';
import { findUser, makeOrdinaryUser } from './ordinary-user.ts';
import { readVitestReport } from './read-vitest-report.ts';
import { formatReport } from './report.ts';
import { runCommand } from './run-command.ts';
import { testsOfTheProgram, testsOnTheMachine } from './tests-on-the-machine.ts';

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
    const failureMessages = ['Error: not\na number\nit is\n    at …'];
    const divides = { ...result('failed', 'divides by zero'), failureMessages };
    const tests = [result('passed', 'adds'), divides, result('skipped', 'needs Docker')];
    const testResults = [
      { name: '/x/src/a.test.ts', status: 'failed', message: '', assertionResults: tests },
      { name: '/x/src/b.test.ts', status: 'failed', message: 'no such module\n at …', assertionResults: [] },
    ];
    writeFileSync(path, JSON.stringify({ testResults }));
    const failures = ['src/a.test.ts: divides by zero: Error: not a number it is', 'src/b.test.ts: no such module'];
    const passedOver = ['src/a.test.ts: needs Docker'];
    expect(readVitestReport(path, '/x')).toEqual({ passed: 1, failed: 2, skipped: 1, failures, passedOver });
  });

  it('may be missing when vitest died', () => {
    expect(readVitestReport(join(dir, 'none.json'), '/x')).toBeNull();
  });
});

describe('the report', () => {
  const good = { name: 'types', passed: 1, failed: 0, skipped: 0, durationMs: 1234, failures: [] };
  const skipped = { ...good, name: 'Docker', passed: 0, skipped: 1, note: 'not installed' };
  const partly = { ...good, name: 'e2e', skipped: 1, passedOver: ['x: mounts (needs root)'] };
  const bad = { ...good, name: 'unit tests', passed: 8, failed: 2, note: 'log', failures: ['a: b', 'c: d'] };

  it('ends with the one line that counts', () => {
    expect(formatReport([good]).split('\n').at(-1)).toBe('1 passed, 0 failed');
    expect(formatReport([good, skipped]).split('\n').at(-1)).toBe('1 passed, 0 failed, 1 skipped');
  });

  it('says what was skipped and why, and names what failed last', () => {
    expect(formatReport([good, skipped, partly, bad]).split('\n')).toEqual([
      '                      passed   failed  skipped',
      'types       passed         1        0        0     1.2 s',
      'Docker      skipped        0        0        1     1.2 s  not installed',
      'e2e         passed         1        0        1     1.2 s',
      'unit tests  FAILED         8        2        0     1.2 s  log',
      '',
      'skipped e2e: x: mounts (needs root)',
      '',
      'FAILED  unit tests: a: b',
      'FAILED  unit tests: c: d',
      '',
      '10 passed, 2 failed, 2 skipped',
    ]);
  });
});

describe('an ordinary user', () => {
  it('is one that the machine has, and a number where it has none', () => {
    expect(findUser('root:x:0:0::/root:/bin/sh\nnobody:x:99:98:n:/:/bin/false\n')).toEqual({ uid: 99, gid: 98 });
    expect(findUser('root:x:0:0::/root:/bin/sh\n')).toEqual({ uid: 65534, gid: 65534 });
  });

  it.runIf(process.getuid?.() === 0)(
    'can read and run the copy, write its home, and nothing is left of it (needs root)',
    async () => {
      const user = makeOrdinaryUser();
      if (user === null) throw new Error('not root');
      const closed = mkdtempSync(join(tmpdir(), 'component-'));
      writeFileSync(join(closed, 'file'), 'x', { mode: 0o600 });
      const { AT = '' } = user.bring({ directory: closed, env: { AT: join(closed, 'file') } });
      rmSync(closed, { recursive: true });
      const ofAll = { AT: '/usr/bin/env' };
      expect(user.bring({ directory: null, env: ofAll })).toEqual(ofAll);
      const program = join(root, 'tools/setup/is-fresh.sh');
      const script = `
      for (const path of [${JSON.stringify(program)}, '.']) try { fs.accessSync(path, 2); process.exit(4); } catch {}
      fs.readFileSync(${JSON.stringify(AT)});
      fs.writeFileSync(os.homedir() + '/a', fs.readFileSync('package.json')); fs.writeFileSync(os.tmpdir() + '/left', '');
      process.exit(process.getuid() === 0 || process.getgroups().includes(0) ? 5 : 0)`;
      const {
        argv,
        env = {},
        as,
        timeoutMs,
      } = user.instead({ name: 'x', argv: ['node', '-e', script, `${root}/test/`], timeoutMs: 20_000 });
      expect(argv.at(-1)).toBe(`${user.checkout}/test/`);
      try {
        const command = { argv, env, timeoutMs, logFile: join(dir, 'log'), ...(as && { as }) };
        expect(await runCommand(command, never)).toMatchObject({ ending: 'exit 0' });
        expect(user.leftFiles()).toEqual(['left']);
      } finally {
        user.remove();
      }
      expect(existsSync(user.home)).toBe(false);
    },
    60_000,
  );
});

describe('the tests that run for an ordinary user too', () => {
  const named = [...testsOfTheProgram(), ...testsOnTheMachine()];
  const partsOf = (pattern: RegExp): readonly string[] =>
    [...new Set(named.flatMap((path) => pattern.exec(path)?.slice(1) ?? []))].sort();

  it('are those of every room that meets files or processes, and of no other', () => {
    const meeting = ['base', 'blobs', 'cli', 'coordinator', 'daemon', 'executors', 'git', 'local', 'runner'];
    expect(partsOf(/^src\/([^/]+)\//)).toEqual(meeting);
  });

  it('are, of the rooms of rows, bytes and requests, those parts that do so themselves', () => {
    expect(partsOf(/^src\/coordinator\/([^/]+)\//)).toEqual(['logs', 'operate', 'page']);
    expect(partsOf(/^src\/blobs\/([^/]+)\//)).toEqual(['disk']);
  });

  it('are, of those that start the program, all kinds but what is only asked of servers and databases', () => {
    const kinds = ['campaign', 'cancel', 'daemon', 'machine', 'recovery', 'run', 'serve'];
    expect(partsOf(/^test\/([^/]+)\//)).toEqual(kinds);
  });

  it('are all that only an ordinary user can pass', () => {
    const tests = ['src', 'test', 'tools'].flatMap((top) =>
      readdirSync(join(root, top), { recursive: true, encoding: 'utf8' }).map((path) => join(top, path)),
    );
    const marked = tests.filter(
      (path) => path.endsWith('.test.ts') && /^\s*itAsUser\(/m.test(readFileSync(join(root, path), 'utf8')),
    );
    expect(marked.length).toBeGreaterThan(5);
    expect(named).toEqual(expect.arrayContaining(marked));
  });
});
