import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeDurably } from './write-durably.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'epilogue-write-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

it.each([
  ['the half of a file', (path: string) => writeFileSync(path, 'ha')],
  ['a pipe', (path: string) => execFileSync('mkfifo', [path])],
  ['a directory', (path: string) => mkdirSync(join(path, 'x'), { recursive: true })],
  ['a link to elsewhere', (path: string) => symlinkSync(join(directory, 'elsewhere'), path)],
])('writes a file where a draft of it is %s', (_, make) => {
  make(join(directory, 'file.tmp'));
  writeDurably(join(directory, 'file'), 'whole', false);
  expect(readFileSync(join(directory, 'file'), 'utf8')).toBe('whole');
  expect(readdirSync(directory)).toEqual(['file']);
});
