import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { realClock } from '../../base/index.ts';
import { createShellExecutor } from '../shell/shell.ts';
import { collectPaths, NEVER, openJob } from '../testing/executor-contract.ts';
import { collectFiles } from './collect-files.ts';

const shell = createShellExecutor({ clock: realClock });

const everything = { paths: ['**'], exclude: [], untracked: false };

describe('collecting files from a disk', () => {
  it('never follows a link, to a directory or to a file', async () => {
    await using fixture = await openJob(shell);
    const { place } = fixture;
    symlinkSync('/etc', join(place.projectDir, 'etc'));
    symlinkSync('/etc/passwd', join(place.projectDir, 'passwd'));
    expect(await collectPaths(place, { paths: ['**', 'etc/passwd', 'etc/*'] })).toEqual(['etc', 'passwd']);
  });

  it('passes over what is neither file, directory nor link', async () => {
    await using fixture = await openJob(shell);
    const { place } = fixture;
    execFileSync('mkfifo', [join(place.projectDir, 'pipe')]);
    writeFileSync(join(place.projectDir, 'file'), '');
    expect(await collectPaths(place, { paths: ['*'] })).toEqual(['file']);
  });

  it('does not read through a link that took the place of a file', async () => {
    await using fixture = await openJob(shell);
    const path = join(fixture.place.projectDir, 'file');
    writeFileSync(path, 'mine');
    for await (const file of collectFiles(fixture.place.projectDir, everything, NEVER)) {
      rmSync(path);
      symlinkSync('/etc/passwd', path);
      await expect(text(file.open())).rejects.toThrow('ELOOP');
    }
  });

  it('gives a growing file at the size that it announced', async () => {
    await using fixture = await openJob(shell);
    const path = join(fixture.place.projectDir, 'file');
    writeFileSync(path, 'four');
    for await (const file of collectFiles(fixture.place.projectDir, everything, NEVER)) {
      writeFileSync(path, 'four and more');
      expect(await text(file.open())).toBe('four');
      expect(file.sizeBytes).toBe(4);
    }
  });

  it('goes on when a directory vanishes during the walk', async () => {
    await using fixture = await openJob(shell);
    const root = fixture.place.projectDir;
    for (const name of ['a', 'b', 'c']) {
      mkdirSync(join(root, name));
      writeFileSync(join(root, name, 'file'), '');
    }
    const seen: string[] = [];
    for await (const file of collectFiles(root, everything, NEVER)) {
      seen.push(file.path);
      if (file.path === 'a/file') renameSync(join(root, 'b'), join(fixture.job.stepsDir, 'gone'));
    }
    expect(seen).toEqual(['a', 'a/file', 'b', 'c', 'c/file']);
  });
});

describe('collecting untracked files', () => {
  it('takes what git does not track, ignored files included, besides the given paths', async () => {
    await using fixture = await openJob(shell);
    const root = fixture.place.projectDir;
    const git = (...args: string[]): void => void execFileSync('git', args, { cwd: root, stdio: 'ignore' });
    git('init');
    mkdirSync(join(root, 'dir'));
    for (const name of ['tracked', '.gitignore', 'new file', 'dir/ignored', 'dir/tracked']) {
      writeFileSync(join(root, name), name === '.gitignore' ? 'ignored' : '');
    }
    git('add', 'tracked', '.gitignore', 'dir/tracked');
    const untracked = ['dir/ignored', 'new file'];
    expect(await collectPaths(fixture.place, { untracked: true })).toEqual(untracked);
    expect(await collectPaths(fixture.place, { untracked: true, paths: ['tracked'] })).toEqual([
      ...untracked,
      'tracked',
    ]);
    expect(await collectPaths(fixture.place, { untracked: true, exclude: ['dir/*'] })).toEqual(['new file']);
  });

  it('takes nothing where there is no repository', async () => {
    await using fixture = await openJob(shell);
    writeFileSync(join(fixture.place.projectDir, 'file'), '');
    expect(await collectPaths(fixture.place, { untracked: true })).toEqual([]);
  });

  it('says so when git fails', async () => {
    await using fixture = await openJob(shell);
    mkdirSync(join(fixture.place.projectDir, '.git'));
    await expect(collectPaths(fixture.place, { untracked: true })).rejects.toMatchObject({ code: 'git_failed' });
  });
});
