import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { copyTree } from '../../base/index.ts';
import { commit, git, makeRepository, useTemporaryDirectory, write } from '../testing/repository.ts';
import { copyOf, listNames } from '../testing/snapshot.ts';
import { takeSnapshot } from './take-snapshot.ts';

const temporary = useTemporaryDirectory();

describe('the files of a snapshot', () => {
  it('are those of the working tree: changed, untracked, not ignored, not deleted', async () => {
    const dir = makeRepository(temporary.fresh('app'));
    write(dir, { '.gitignore': 'out/\n', 'out/x': '', 'README.md': 'changed', 'new/deep/file': 'new' });
    rmSync(join(dir, 'src'), { recursive: true });
    const job = await copyOf(dir, temporary);
    expect(listNames(job)).toEqual(['.gitignore', 'README.md', 'new', 'new/deep', 'new/deep/file']);
    expect(readFileSync(join(job, 'README.md'), 'utf8')).toBe('changed');
  });

  it('keep modes, modification times, symlinks and contents of any size', async () => {
    const dir = makeRepository(temporary.fresh('app'));
    const large = Buffer.alloc(3 * 1024 * 1024 + 7, 'epilogue');
    write(dir, { 'run.sh': '#!/bin/sh', empty: '' });
    writeFileSync(join(dir, 'large'), large);
    chmodSync(join(dir, 'run.sh'), 0o750);
    utimesSync(join(dir, 'run.sh'), 1_000_000_000, 1_000_000_000);
    symlinkSync('../nowhere', join(dir, 'dangling'));
    symlinkSync('src', join(dir, 'to-directory'));
    const job = await copyOf(dir, temporary);
    expect(statSync(join(job, 'run.sh')).mode & 0o777).toBe(0o750);
    expect(statSync(join(job, 'run.sh')).mtimeMs).toBe(1_000_000_000_000);
    expect(readlinkSync(join(job, 'dangling'))).toBe('../nowhere');
    expect(lstatSync(join(job, 'to-directory')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(job, 'large')).equals(large)).toBe(true);
    expect(statSync(join(job, 'empty')).size).toBe(0);
  });

  it('keep names that are not UTF-8', async () => {
    const dir = makeRepository(temporary.fresh('app'));
    const name = Buffer.from([0x63, 0xe9]);
    writeFileSync(Buffer.concat([Buffer.from(`${dir}/`), name]), 'x');
    const job = await copyOf(dir, temporary);
    expect(readdirSync(job, { encoding: 'buffer' }).some((found) => found.equals(name))).toBe(true);
  });

  it('belong to the job: changing them in place changes nobody else’s', async () => {
    const dir = makeRepository(temporary.fresh('app'));
    const template = temporary.fresh('template');
    await takeSnapshot(dir, template);
    const [one, two] = [temporary.fresh('one'), temporary.fresh('two')];
    await copyTree(template, one);
    writeFileSync(join(one, 'README.md'), 'by job', { flag: 'r+' });
    await copyTree(template, two);
    expect(readFileSync(join(two, 'README.md'), 'utf8')).toBe('hello\n');
    expect(readFileSync(join(dir, 'README.md'), 'utf8')).toBe('hello\n');
  });

  it('are only files: a pipe in the place of one is left out, not waited for', async () => {
    const dir = makeRepository(temporary.fresh('app'));
    rmSync(join(dir, 'README.md'));
    execFileSync('mkfifo', [join(dir, 'README.md')]);
    expect(listNames(await copyOf(dir, temporary))).toEqual(['src', 'src/main.ts']);
  });

  it('are not looked for behind a directory that has become a symlink', async () => {
    const dir = makeRepository(temporary.fresh('app'));
    const outside = temporary.fresh('outside');
    write(outside, { 'main.ts': 'secret' });
    rmSync(join(dir, 'src'), { recursive: true });
    symlinkSync(outside, join(dir, 'src'));
    const job = await copyOf(dir, temporary);
    expect(readlinkSync(join(job, 'src'))).toBe(outside);
    expect(readdirSync(job).sort()).toEqual(['.git', 'README.md', 'src']);
  });
});

describe('submodules of a snapshot', () => {
  function makeNested(): string {
    const inner = makeRepository(temporary.fresh('inner'));
    const library = makeRepository(temporary.fresh('library'));
    git(library, 'submodule', '--quiet', 'add', inner, 'inner');
    commit(library, 'Use inner');
    const dir = makeRepository(temporary.fresh('app'));
    git(dir, 'submodule', '--quiet', 'add', library, 'library');
    git(dir, 'submodule', '--quiet', 'update', '--init', '--recursive');
    commit(dir, 'Use library');
    return dir;
  }

  it.each([
    ['none', false, false],
    ['normal', true, false],
    ['recursive', true, true],
  ] as const)('come along as far as asked: %s', async (submodules, library, inner) => {
    const job = await copyOf(makeNested(), temporary, { submodules });
    expect(lstatSync(join(job, 'library')).isDirectory()).toBe(true);
    expect(existsSync(join(job, 'library/README.md'))).toBe(library);
    expect(existsSync(join(job, 'library/inner/README.md'))).toBe(inner);
    expect(git(job, 'status', '--porcelain')).toBe('');
  });
});
