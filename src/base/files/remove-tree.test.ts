import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { itAsRoot } from '../../../test/support/privilege.ts';
import { emptyTree, removeTree } from './remove-tree.ts';

let root: string;
const mounted: string[] = [];

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'epilogue-remove-')));
});

afterEach(() => {
  for (const path of mounted.splice(0)) execFileSync('umount', [path]);
  rmSync(root, { recursive: true, force: true });
});

function file(...names: string[]): string {
  const path = join(root, ...names);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, 'x');
  return path;
}

describe('emptying a tree', () => {
  it('leaves the very directory, and nothing in it', async () => {
    file('run', 'job', 'deep', 'file');
    writeFileSync(Buffer.concat([Buffer.from(join(root, 'run', 'job/')), Buffer.from([0xff, 0xfe])]), 'x');
    const { ino } = statSync(join(root, 'run', 'job'));
    expect(await emptyTree(root, ['run', 'job'])).toEqual([]);
    expect(readdirSync(join(root, 'run', 'job'))).toEqual([]);
    expect(statSync(join(root, 'run', 'job')).ino).toBe(ino);
    expect(await emptyTree(root, ['run', 'job'])).toEqual([]);
    expect(await emptyTree(root, ['run', 'nowhere'])).toEqual([]);
  });

  it('removes a link in its place, and leaves what it leads to', async () => {
    const precious = file('precious', 'file');
    mkdirSync(join(root, 'run'));
    symlinkSync(join(root, 'precious'), join(root, 'run', 'job'));
    expect(await emptyTree(root, ['run', 'job'])).toEqual([]);
    expect([existsSync(precious), readdirSync(join(root, 'run'))]).toEqual([true, []]);
    symlinkSync(join(root, 'precious'), join(root, 'link'));
    expect(await emptyTree(root, ['link', 'file'])).toEqual([`${root}/link (a symbolic link that leads elsewhere)`]);
  });
});

describe('removing a tree', () => {
  it('removes what is there, and is content when nothing is', async () => {
    file('run', 'job', 'deep', 'file');
    file('run', 'other', 'file');
    expect(await removeTree(root, ['run', 'job'])).toEqual([]);
    expect(readdirSync(join(root, 'run'))).toEqual(['other']);
    expect(await removeTree(root, ['run', 'job'])).toEqual([]);
    expect(await removeTree(join(root, 'nowhere'), ['run'])).toEqual([]);
  });

  it.each(['..', '.', '', 'a/b', '../x', 'a\0b'])('takes %j for a bug, not for a name', async (name) => {
    await expect(removeTree(root, ['run', name])).rejects.toThrow('bug');
  });

  it('removes links and leaves what they lead to', async () => {
    const precious = file('precious', 'file');
    mkdirSync(join(root, 'run'));
    symlinkSync(join(root, 'precious'), join(root, 'run', 'job'));
    expect(await removeTree(root, ['run', 'job'])).toEqual([]);
    expect(existsSync(precious)).toBe(true);
    symlinkSync(join(root, 'precious'), join(root, 'link'));
    expect(await removeTree(root, ['link', 'file'])).toEqual([`${root}/link (a symbolic link that leads elsewhere)`]);
    expect(existsSync(precious)).toBe(true);
  });

  it('removes directories that may not be written, and names that are not UTF-8', async () => {
    file('run', 'a', 'b', 'file');
    writeFileSync(Buffer.concat([Buffer.from(join(root, 'run', 'a/')), Buffer.from([0xff, 0xfe])]), 'x');
    for (const name of ['run/a/b', 'run/a']) chmodSync(join(root, name), 0o500);
    expect(await removeTree(root, ['run'])).toEqual([]);
    expect(readdirSync(root)).toEqual([]);
  });

  itAsRoot('leaves what is mounted there, names it, and removes all else', async () => {
    file('precious', 'file');
    const [mountPoint, boundFile] = [join(root, 'run', 'job', 'my mount'), file('run', 'job', 'bound')];
    mkdirSync(mountPoint);
    file('run', 'job', 'z', 'file');
    for (const [from, to] of [
      ['precious', mountPoint],
      ['precious/file', boundFile],
    ] as const) {
      execFileSync('mount', ['--bind', join(root, from), to]);
      mounted.push(to);
    }
    expect((await removeTree(root, ['run', 'job'])).toSorted()).toEqual([
      `${boundFile} (something is mounted there)`,
      `${mountPoint} (something is mounted there)`,
    ]);
    expect(readFileSync(join(root, 'precious', 'file'), 'utf8')).toBe('x');
    expect(readdirSync(join(root, 'run', 'job')).toSorted()).toEqual(['bound', 'my mount']);
  });
});
