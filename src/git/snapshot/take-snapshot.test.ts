import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { copyTree } from '../../base/index.ts';
import { git, makeRepository, useTemporaryDirectory, write } from '../testing/repository.ts';
import { copyOf, listNames } from '../testing/snapshot.ts';
import { takeSnapshot } from './take-snapshot.ts';

const temporary = useTemporaryDirectory();

describe('taking a snapshot', () => {
  it('leaves every byte and every time of the checkout as it was', async () => {
    const dir = makeRepository(temporary.fresh('app'));
    write(dir, { 'README.md': 'changed', untracked: 'x' });
    git(dir, 'add', 'README.md');
    // Times that a relative-atime mount would renew on the next read.
    for (const name of listNames(dir)) utimesSync(join(dir, name), 1_000_000_000, 1_100_000_000);
    const before = describeTree(dir);
    await copyOf(dir, temporary);
    expect(describeTree(dir)).toEqual(before);
  });

  it('may happen twice at once', async () => {
    const dir = makeRepository(temporary.fresh('app'));
    const jobs = await Promise.all([copyOf(dir, temporary), copyOf(dir, temporary), copyOf(dir, temporary)]);
    for (const job of jobs) expect(git(job, 'status', '--porcelain')).toBe('');
  });

  it('survives files that come, go and change while it copies', async () => {
    const dir = makeRepository(temporary.fresh('app'));
    const names = Array.from({ length: 300 }, (_, index) => `f${index}`);
    write(dir, Object.fromEntries(names.map((name) => [name, name])));
    const template = temporary.fresh('template');
    const taken = takeSnapshot(dir, template);
    let isDone = false;
    const churn = (async () => {
      for (let round = 0; !isDone && round < 10_000; round += 1) {
        const path = join(dir, names[round % names.length] ?? '');
        rmSync(path, { recursive: true, force: true });
        if (round % 3 === 0) mkdirSync(path);
        else if (round % 3 === 1) symlinkSync('gone', path);
        await new Promise(setImmediate);
      }
    })();
    await taken.finally(() => {
      isDone = true;
    });
    await churn;
    expect(readFileSync(join(template, 'README.md'), 'utf8')).toBe('hello\n');
  });

  it('refuses a place that cannot be written, and one that is taken', async () => {
    const dir = makeRepository(temporary.fresh('app'));
    await expect(takeSnapshot(dir, join(dir, 'README.md/into'))).rejects.toMatchObject({ code: 'target_unwritable' });
    const taken = temporary.fresh('taken');
    write(taken, { mine: '' });
    await expect(takeSnapshot(dir, taken)).rejects.toMatchObject({ code: 'target_not_empty' });
    expect(listNames(taken)).toEqual(['mine']);
  });

  it('ends when its signal aborts, and leaves nothing behind', async () => {
    const dir = makeRepository(temporary.fresh('app'));
    const template = temporary.fresh('template');
    await expect(takeSnapshot(dir, template, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'canceled',
    });
    expect(existsSync(template)).toBe(false);
    await takeSnapshot(dir, template);
    const job = temporary.fresh('job');
    await expect(copyTree(template, job, AbortSignal.abort())).rejects.toMatchObject({ code: 'canceled' });
    expect(existsSync(job)).toBe(false);
  });
});

/** Path → everything that could have changed: kind, mode, size, all three times, content. */
function describeTree(dir: string): Record<string, string> {
  const names = ['.', ...readdirSync(dir, { recursive: true, encoding: 'utf8' })].sort();
  const lines = names.map((name) => {
    const { mode, size, mtimeMs, ctimeMs, atimeMs, ...stats } = lstatSync(join(dir, name));
    const isFile = (mode & 0o170_000) === 0o100_000;
    // Git itself reads its files; the access times that count are those of the working tree.
    const isOurs = name !== '.git' && !name.startsWith('.git/') && isFile;
    return [name, { mode, size, mtimeMs, ctimeMs, atimeMs: isOurs ? atimeMs : 0, inode: stats.ino, isFile }] as const;
  });
  return Object.fromEntries(
    lines.map(([name, { isFile, ...stats }]) => [
      name,
      `${JSON.stringify(stats)} ${isFile && name.startsWith('.git/') ? readFileSync(join(dir, name)).toString('base64') : ''}`,
    ]),
  );
}
