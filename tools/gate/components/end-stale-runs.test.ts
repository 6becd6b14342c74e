import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { endStaleRuns } from './end-stale-runs.ts';

/** Greater than any pid that Linux gives. */
const gone = 2 ** 22 + 1;
const isRoot = process.getuid?.() === 0;

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'stale-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

it('removes what a killed run has left, ends its processes, and leaves a running one alone', async () => {
  const [stale, own] = [join(home, `${gone}-a-postgresql`), join(home, `${process.pid}-a-postgresql`)];
  for (const dir of [stale, own]) mkdirSync(dir);
  writeFileSync(join(stale, 'file'), '');
  const child = spawn('tail', ['-f', join(stale, 'file')], { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)));
  await new Promise((resolve) => child.once('spawn', resolve));
  expect(await endStaleRuns(home)).toEqual([]);
  expect(await ended).toBe('SIGTERM');
  expect(readdirSync(home)).toEqual([`${process.pid}-a-postgresql`]);
});

it.runIf(isRoot)('takes away the mounts of an engine that was killed (needs root)', async () => {
  const data = join(home, `${gone}-a-docker-engine`, 'a\tname');
  mkdirSync(data, { recursive: true });
  execFileSync('mount', ['--bind', data, data]);
  mkdirSync(join(data, 'layer'));
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', join(data, 'layer')]);
  expect(await endStaleRuns(home)).toEqual([]);
  expect(readdirSync(home)).toEqual([]);
});

it.runIf(isRoot)('tells what cannot be removed, and goes on with the rest (needs root)', async () => {
  const [stuck, other] = [join(home, `${gone}-a-stuck`), join(home, `${gone}-b-other`)];
  for (const dir of [stuck, other]) mkdirSync(dir);
  writeFileSync(join(stuck, 'file'), '');
  execFileSync('chattr', ['+i', join(stuck, 'file')]);
  try {
    expect(await endStaleRuns(home)).toEqual([expect.stringContaining(`${stuck}: `)]);
    expect(readdirSync(home)).toEqual([`${gone}-a-stuck`]);
  } finally {
    execFileSync('chattr', ['-i', join(stuck, 'file')]);
  }
});
