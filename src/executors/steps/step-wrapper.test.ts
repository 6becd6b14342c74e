import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bootId } from '../processes/process-scan.ts';
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

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'epilogue-wrapper-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe.each(installed)('the step wrapper in $name', ({ program, args, missing }) => {
  const run = (script: string, environment: NodeJS.ProcessEnv = {}) => {
    writeStepFiles(dir, script, false);
    const env = { PATH: process.env.PATH, ...environment };
    return spawnSync(program, [...args, ...wrapperArguments(dir, '/bin/sh')], { env, stdio: 'ignore', timeout: 8_000 });
  };
  const log = (): string => readFileSync(join(dir, 'log'), 'utf8');

  it.skipIf(missing)('writes itself down, keeps the output and hands the exit code on', () => {
    const { status, pid } = run('echo out; echo err >&2; cat; exit 42');
    expect(status).toBe(42);
    expect(readExit(dir)).toBe(42);
    expect(log()).toBe('out\nerr\n');
    expect(readWrapper(dir)).toMatchObject({ pid, boot: bootId() });
  });

  it.skipIf(missing)('reports a signal as 128 and its number', () => {
    expect(run('kill -TERM $$').status).toBe(143);
    expect(readExit(dir)).toBe(143);
  });

  it.skipIf(missing)('survives the signals that end its script, and does not keep the script from taking them', () => {
    for (const [name, code] of Object.entries({ TERM: 143, INT: 130, HUP: 129 })) {
      run(`kill -${name} $PPID; kill -${name} $$; sleep 5`);
      expect(readExit(dir)).toBe(code);
      rmSync(dir, { recursive: true });
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
    spawnSync(program, [...args, ...wrapperArguments(dir, '/nowhere/bash')], { stdio: 'ignore' });
    expect(readExit(dir)).toBe(127);
    expect(log()).toContain('/nowhere/bash');
  });

  it.skipIf(missing)('gives up before anything runs when it cannot write to its directory', () => {
    rmSync(dir, { recursive: true });
    symlinkSync('/proc', dir);
    const env = { PATH: process.env.PATH };
    const result = spawnSync(program, [...args, ...wrapperArguments(dir, '/bin/sh')], { env, stdio: 'ignore' });
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
