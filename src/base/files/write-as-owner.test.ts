import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { itAsRoot } from '../../../test/support/privilege.ts';
import { writeAsOwner } from './write-as-owner.ts';

const SERVICE = { uid: 65_534, gid: 65_533 };
let directory: string;
const file = () => join(directory, 'runner.toml');
const ownerOf = (path: string) => {
  const { uid, gid, mode } = statSync(path);
  return { uid, gid, mode: mode & 0o777 };
};

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'epilogue-owner-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

it('writes a file that only its owner can read', () => {
  writeAsOwner(file(), 'new');
  const { uid, gid } = statSync(directory);
  expect(readFileSync(file(), 'utf8')).toBe('new');
  expect(ownerOf(file())).toEqual({ uid, gid, mode: 0o600 });
});

itAsRoot('leaves a file to the user and the group whose it is, and lets nobody else in', () => {
  writeFileSync(file(), 'old');
  chownSync(file(), SERVICE.uid, SERVICE.gid);
  chmodSync(file(), 0o644);
  writeAsOwner(file(), 'new');
  expect(ownerOf(file())).toEqual({ ...SERVICE, mode: 0o640 });
});

itAsRoot('gives a new file to the owner of the directory', () => {
  chownSync(directory, SERVICE.uid, SERVICE.gid);
  writeAsOwner(file(), 'new');
  expect(ownerOf(file())).toEqual({ ...SERVICE, mode: 0o600 });
});

itAsRoot('keeps what is of root, in a directory of root, for root', () => {
  mkdirSync(join(directory, 'etc'));
  writeAsOwner(join(directory, 'etc', 'runner.toml'), 'new');
  expect(ownerOf(join(directory, 'etc', 'runner.toml'))).toEqual({ uid: 0, gid: 0, mode: 0o600 });
});
