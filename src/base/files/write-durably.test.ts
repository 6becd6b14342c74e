import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { itAsRoot, itAsUser } from '../../../test/support/privilege.ts';
import { removeDrafts, writeDurably } from './write-durably.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'epilogue-write-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

it.each([
  ['the half of a file', (path: string) => writeFileSync(path, 'ha')],
  ['a pipe', (path: string) => execFileSync('mkfifo', [path])],
  ['an empty directory', (path: string) => mkdirSync(path)],
  ['a link to elsewhere', (path: string) => symlinkSync(join(directory, 'elsewhere'), path)],
])('writes a file where a draft of it is %s', (_, make) => {
  make(join(directory, 'file.tmp'));
  writeDurably(join(directory, 'file'), 'whole', false);
  expect(readFileSync(join(directory, 'file'), 'utf8')).toBe('whole');
  expect(readdirSync(directory)).toEqual(['file']);
});

it('leaves a directory where its draft would be, and all that lies in it', () => {
  mkdirSync(join(directory, 'file.tmp', 'x'), { recursive: true });
  writeDurably(join(directory, 'file'), 'whole', false);
  expect(removeDrafts(directory)).toEqual([]);
  expect(readFileSync(join(directory, 'file'), 'utf8')).toBe('whole');
  expect(readdirSync(directory)).toEqual(['file', 'file.tmp']);
  expect(readdirSync(join(directory, 'file.tmp'))).toEqual(['x']);
});

it('moves a directory away that lies where the file has to be', () => {
  mkdirSync(join(directory, 'file', 'x'), { recursive: true });
  writeDurably(join(directory, 'file'), 'whole', true);
  expect(readFileSync(join(directory, 'file'), 'utf8')).toBe('whole');
  expect(readdirSync(directory)).toHaveLength(2);
});

itAsUser('needs no draft to be readable', () => {
  const draft = join(directory, 'file.tmp');
  mkdirSync(join(draft, 'x'), { recursive: true });
  chmodSync(draft, 0o555);
  try {
    writeDurably(join(directory, 'file'), 'whole', false);
    expect(removeDrafts(directory)).toEqual([]);
  } finally {
    chmodSync(draft, 0o755);
  }
  expect(readFileSync(join(directory, 'file'), 'utf8')).toBe('whole');
});

it('removes what killed writers left, whatever its name ends in before that', () => {
  for (const name of ['a.tmp', 'a.0123abcd.tmp', 'kept']) writeFileSync(join(directory, name), 'secret');
  expect(removeDrafts(directory)).toEqual([]);
  expect(readdirSync(directory)).toEqual(['kept']);
});

itAsRoot('leaves what is mounted where its draft would be', () => {
  const [precious, draft, bound] = [join(directory, 'precious'), join(directory, 'file.tmp'), join(directory, 'b.tmp')];
  for (const path of [precious, draft]) mkdirSync(path);
  for (const path of [join(precious, 'kept'), bound]) writeFileSync(path, 'x');
  execFileSync('mount', ['--bind', precious, draft]);
  execFileSync('mount', ['--bind', join(precious, 'kept'), bound]);
  try {
    writeDurably(join(directory, 'file'), 'whole', false);
    writeDurably(join(directory, 'b'), 'whole', false);
    expect(removeDrafts(directory)).toEqual([`${bound} (EBUSY)`]);
    expect(readdirSync(precious)).toEqual(['kept']);
    expect(readFileSync(join(directory, 'file'), 'utf8')).toBe('whole');
  } finally {
    for (const path of [draft, bound]) execFileSync('umount', [path]);
  }
});
