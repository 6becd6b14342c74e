import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { itAsUser } from '../../../test/support/privilege.ts';
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

describe('links on the way', () => {
  it('are followed where a pattern names them, to a directory of the project, and nowhere else', async () => {
    await using fixture = await openJob(shell);
    const { place } = fixture;
    mkdirSync(join(place.projectDir, 'real', 'deep'), { recursive: true });
    for (const name of ['real/app', 'real/deep/file']) writeFileSync(join(place.projectDir, name), '');
    symlinkSync('real', join(place.projectDir, 'link'));
    symlinkSync('..', join(place.projectDir, 'real', 'up'));
    expect(await collectPaths(place, { paths: ['link/app'] })).toEqual(['link/app']);
    expect(await collectPaths(place, { paths: ['link/*'] })).toEqual([
      'link/app',
      'link/deep',
      'link/deep/file',
      'link/up',
    ]);
    expect(await collectPaths(place, { paths: ['link'] })).toEqual(['link']);
    expect(await collectPaths(place, { paths: ['l*/app', '**/file'] })).toEqual(['real/deep/file']);
  });
});

describe('what cannot be kept', () => {
  async function leftOut(projectDir: string, paths: readonly string[]): Promise<[string[], Record<string, string>]> {
    const reasons: Record<string, string> = {};
    const kept: string[] = [];
    const selection = { paths, exclude: [], untracked: false };
    const files = collectFiles(projectDir, selection, NEVER, (path, reason) =>
      Object.assign(reasons, { [path]: reason }),
    );
    for await (const { path } of files) kept.push(path);
    return [kept, reasons];
  }

  it('is named: a file whose name is not UTF-8, and a link that leads out', async () => {
    await using fixture = await openJob(shell);
    const { projectDir } = fixture.place;
    writeFileSync(Buffer.concat([Buffer.from(`${projectDir}/caf`), Buffer.from([0xe9])]), '');
    writeFileSync(join(projectDir, 'caf\ufffd!'), '');
    symlinkSync('/etc', join(projectDir, 'etc'));
    expect(await leftOut(projectDir, ['*', 'etc/passwd'])).toEqual([
      ['caf\ufffd!', 'etc'],
      { 'caf\ufffd': 'its name is not UTF-8', etc: 'it leads out of the project directory' },
    ]);
  });

  itAsUser('is named: a directory or a file that may not be read, and the rest is kept', async () => {
    await using fixture = await openJob(shell);
    const { projectDir } = fixture.place;
    for (const name of ['closed', 'listed', 'open']) mkdirSync(join(projectDir, name));
    for (const name of ['closed/file', 'listed/file', 'open/file', 'open/secret']) {
      writeFileSync(join(projectDir, name), 'x', { mode: name === 'open/secret' ? 0o200 : 0o600 });
    }
    chmodSync(join(projectDir, 'closed'), 0o000);
    chmodSync(join(projectDir, 'listed'), 0o600);
    try {
      expect(await leftOut(projectDir, ['**'])).toEqual([
        ['closed', 'listed', 'open', 'open/file'],
        { closed: 'permission denied', 'listed/file': 'permission denied', 'open/secret': 'permission denied' },
      ]);
    } finally {
      for (const name of ['closed', 'listed']) chmodSync(join(projectDir, name), 0o700);
    }
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
