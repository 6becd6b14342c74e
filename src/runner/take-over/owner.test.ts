import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ownerOf, readOwner } from './owner.ts';

let dir = '';
let warnings: string[] = [];
const warn = (text: string): void => void warnings.push(text);

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'epilogue-owner-'));
  warnings = [];
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

it('is made once, and closed to others', () => {
  expect(readOwner(dir)).toBeNull();
  const name = ownerOf(dir, warn);
  expect(name).toMatch(/^[0-9a-f]{32}$/);
  expect([ownerOf(dir, warn), readOwner(dir)]).toEqual([name, name]);
  expect(statSync(join(dir, 'owner')).mode & 0o777).toBe(0o600);
  expect([readdirSync(dir), warnings]).toEqual([['owner'], []]);
});

it('is one, whoever else makes it at the same moment', async () => {
  const module = new URL('./owner.ts', import.meta.url).href;
  const program = `import { ownerOf } from ${JSON.stringify(module)}; console.log(ownerOf(${JSON.stringify(dir)}, console.log));`;
  const run = () => promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program]);
  const said = await Promise.all(Array.from({ length: 4 }, run));
  expect(new Set(said.map(({ stdout }) => stdout.trim()))).toEqual(new Set([readOwner(dir)]));
  expect(readdirSync(dir)).toEqual(['owner']);
});

it('is none where it cannot be had, and says why', () => {
  writeFileSync(join(dir, 'owner'), 'what somebody has written\n');
  expect(ownerOf(dir, warn)).toBeNull();
  expect(ownerOf(join(dir, 'gone'), warn)).toBeNull();
  expect(warnings).toEqual([
    expect.stringMatching(/by its path alone: .*owner has no name in it: remove it$/),
    expect.stringMatching(/by its path alone: .*no such file/i),
  ]);
});
