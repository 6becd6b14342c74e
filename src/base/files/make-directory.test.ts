import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeDirectory } from './make-directory.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'epilogue-make-'));
});
afterEach(() => rmSync(root, { recursive: true }));

it('makes those above it, all with the mode asked for, and takes one that is there', () => {
  const path = join(root, 'a', 'b');
  for (let turn = 0; turn < 2; turn += 1) makeDirectory(path, 0o700);
  expect([join(root, 'a'), path].map((each) => statSync(each).mode & 0o777)).toEqual([0o700, 0o700]);
});

it('says what the system says where nothing can be made, also where the recursion of Node never ends', () => {
  writeFileSync(join(root, 'file'), '');
  expect(() => makeDirectory(join(root, 'file'))).toThrow(/EEXIST/);
  expect(() => makeDirectory(join(root, 'file', 'below'))).toThrow(/ENOTDIR/);
  for (const path of ['/proc/none', '/proc/none/below']) expect(() => makeDirectory(path)).toThrow(/ENOENT/);
});
