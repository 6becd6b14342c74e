import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { registerRun, strikeOff } from './register-run.ts';
import type { RunDirectory } from './run-directory.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'epilogue-register-'));
});

afterEach(() => rmSync(root, { recursive: true }));

function run(outerJob: string | null): RunDirectory {
  const record = { id: 7, checkout: '/c', startedAt: 0, ref: 'main', sha: '', keep: false, outerJob };
  return { path: join(root, 'run'), paths: { state: "/it's/state/epilogue", cache: '/cache/epilogue' }, record };
}

it('puts down a script that recovers the run where it belongs, until it is struck off', () => {
  const nested = join(root, 'steps', 'nested-runs');
  const recover = ['/bin/sh', '-c', 'echo "$XDG_STATE_HOME $XDG_CACHE_HOME $*"', 'sh', 'recover', '--run', '7'];
  expect(registerRun(run(nested), recover)).toBeNull();
  expect(execFileSync('/bin/sh', [join(nested, '7')], { encoding: 'utf8' })).toBe(
    "/it's/state /cache recover --run 7\n",
  );
  strikeOff(run(nested));
  expect(readdirSync(nested)).toEqual([]);
  strikeOff(run(nested));
});

it('has nothing to do outside of a job', () => {
  expect(registerRun(run(null), ['true'])).toBeNull();
  expect(existsSync(join(root, 'steps'))).toBe(false);
});

it('says when the job around it cannot be told', () => {
  writeFileSync(join(root, 'file'), '');
  expect(registerRun(run(join(root, 'file', 'nested-runs')), ['true'])).toContain('could not be put down');
});
