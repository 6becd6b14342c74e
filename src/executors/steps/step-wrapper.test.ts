import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bootId } from '../../base/index.ts';
import { forbidStep, hasBegun, readExit, readWrapper, writeStepFiles } from './step-directory.ts';
import { STEP_WRAPPER, wrapperArguments } from './step-wrapper.ts';

const SHELLS = [
  { name: 'sh', command: ['sh'] },
  { name: 'dash', command: ['dash'] },
  { name: 'bash', command: ['bash'] },
  { name: 'bash as sh', command: ['bash', '--posix'] },
  { name: 'busybox', command: ['busybox', 'sh'] },
];

const installed = SHELLS.map((shell) => {
  const [program = '', ...args] = shell.command;
  const isHere = spawnSync(program, [...args, '-c', 'exit 0']).status === 0;
  // Under CI a missing shell is a failure: its tests then run, and cannot.
  return { ...shell, program, args, missing: !isHere && process.env.CI !== 'true' };
});

/** Those but KILL, STOP, CHLD and CONT, and the two that the C library keeps for itself. */
const CATCHABLE = Array.from({ length: 64 }, (_, index) => index + 1).filter(
  (n) => ![9, 17, 18, 19, 32, 33].includes(n),
);

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'epilogue-wrapper-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe.each(installed)('the step wrapper in $name', ({ program, args, missing }) => {
  const run = (script: string, environment: NodeJS.ProcessEnv = {}) => {
    writeStepFiles(dir, script, false);
    const env = { PATH: process.env.PATH, ...environment };
    return spawnSync(program, [...args, ...wrapperArguments(dir, '/bin/sh', null)], {
      env,
      stdio: 'ignore',
      timeout: 8_000,
    });
  };
  const log = (): string => readFileSync(join(dir, 'log'), 'utf8');

  it.skipIf(missing)('writes itself down, keeps the output and hands the exit code on', () => {
    const { status, pid } = run('echo out; echo err >&2; cat; exit 42');
    expect(status).toBe(42);
    expect(readExit(dir)?.code).toBe(42);
    expect(log()).toBe('out\nerr\n');
    expect(readWrapper(dir)).toMatchObject({ pid, boot: bootId() });
  });

  it.skipIf(missing)('reports a signal as 128 and its number', () => {
    expect(run('kill -TERM $$').status).toBe(143);
    expect(readExit(dir)?.code).toBe(143);
  });

  it.skipIf(missing)(
    'survives every signal that can be survived, and does not keep the script from taking them',
    () => {
      // A script that traps them sends each to its whole group: `kill -USR1 0`.
      run(`trap : ${CATCHABLE.join(' ')}; for s in ${CATCHABLE.join(' ')}; do kill -$s $PPID; done; exit 7`);
      expect(readExit(dir)?.code).toBe(7);
      for (const number of [1, 2, 3, 6, 10, 12, 13, 14, 15, 34]) {
        rmSync(dir, { recursive: true });
        run(`ulimit -c 0; kill -${number} $PPID; kill -${number} $$; sleep 5`);
        expect(readExit(dir)?.code).toBe(128 + number);
      }
    },
  );

  it.skipIf(missing)('writes down how long the machine had been up when the step ended', () => {
    run('true');
    const uptime = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
    expect(readExit(dir)?.uptimeSeconds).toBeGreaterThan(uptime - 60);
    expect(readExit(dir)?.uptimeSeconds).toBeLessThanOrEqual(uptime);
  });

  it.skipIf(missing)('hands a mark down to all that it starts', () => {
    run('env -i sh -c "readlink /proc/self/fd/7"');
    expect(log()).toBe(`${dir}/claim\n`);
  });

  it.skipIf(missing)('runs its script although it cannot enter a cgroup', () => {
    writeStepFiles(dir, 'echo fine', false);
    for (const entrance of ['/nonexistent/tasks', '/proc/self/stat', '/dev/full']) {
      rmSync(dir, { recursive: true });
      writeStepFiles(dir, 'echo fine', false);
      spawnSync(program, [...args, ...wrapperArguments(dir, '/bin/sh', entrance)], { stdio: 'ignore' });
      expect(log()).toBe('fine\n');
    }
  });

  it.skipIf(missing)('touches nothing when the step has been claimed or forbidden', () => {
    writeFileSync(join(dir, 'claim'), '');
    run('echo twice');
    expect(hasBegun(dir)).toBe(false);
    expect(readWrapper(dir)).toBeNull();
    rmSync(join(dir, 'claim'));
    forbidStep(dir);
    run('echo forbidden');
    expect(hasBegun(dir)).toBe(false);
    expect(readExit(dir)).toBeNull();
  });

  it.skipIf(missing)('hands every variable on as it was, odd ones included', () => {
    const odd = { IFS: 'a1', dir: 'mine', code: 'mine', script: 'a  b\n*', PPID_: '1', CDPATH: '/', PS4: 'x' };
    run('printf "%s|" "$dir" "$code" "$script" "$PPID_" "$CDPATH"', odd);
    expect(log()).toBe('mine|mine|a  b\n*|1|/|');
  });

  it.skipIf(missing)('reports a shell that is gone as 127, in the log as well', () => {
    writeStepFiles(dir, 'true', false);
    spawnSync(program, [...args, ...wrapperArguments(dir, '/nowhere/bash', null)], { stdio: 'ignore' });
    expect(readExit(dir)?.code).toBe(127);
    expect(log()).toContain('/nowhere/bash');
  });

  it.skipIf(missing)('gives up before anything runs when it cannot write to its directory', () => {
    rmSync(dir, { recursive: true });
    symlinkSync('/proc', dir);
    const env = { PATH: process.env.PATH };
    const result = spawnSync(program, [...args, ...wrapperArguments(dir, '/bin/sh', null)], { env, stdio: 'ignore' });
    expect(result.status).not.toBe(0);
    expect(existsSync(join(dir, 'log'))).toBe(false);
  });
});

describe('the wrapper text', () => {
  it('starts no program but the shell of the step', () => {
    const programs = /^\s*(mv|mkdir|cat|sleep|rm|ln|touch|env|setsid|test)\b/m;
    expect(STEP_WRAPPER).not.toMatch(programs);
  });
});
