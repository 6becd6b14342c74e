import {
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { realClock } from '../../base/index.ts';
import { createShellExecutor } from '../shell/shell.ts';
import { deliverAll, fileOf, openJob } from '../testing/executor-contract.ts';

const shell = createShellExecutor({ clock: realClock });

describe('delivering files to a disk', () => {
  it('writes nothing outside, whatever link leads there', async () => {
    await using fixture = await openJob(shell);
    const { job, place } = fixture;
    const outside = join(job.stepsDir, 'outside');
    mkdirSync(outside);
    symlinkSync(outside, join(place.projectDir, 'link'));
    mkdirSync(join(place.projectDir, 'inner'));
    symlinkSync('../link', join(place.projectDir, 'inner', 'link'));
    for (const path of ['link/file', 'link/dir/file', 'inner/link/file']) {
      await expect(deliverAll(place, [fileOf(path, 'bad')])).rejects.toMatchObject({ code: 'path_refused' });
    }
    expect(readdirSync(outside)).toEqual([]);
  });

  it('goes through a link that stays inside', async () => {
    await using fixture = await openJob(shell);
    const { projectDir } = fixture.place;
    mkdirSync(join(projectDir, 'real'));
    symlinkSync('real', join(projectDir, 'link'));
    await deliverAll(fixture.place, [fileOf('link/file', 'fine')]);
    expect(readFileSync(join(projectDir, 'real/file'), 'utf8')).toBe('fine');
  });

  it('does not trust a link once it has been led elsewhere', async () => {
    await using fixture = await openJob(shell);
    const { job, place } = fixture;
    mkdirSync(join(place.projectDir, 'real'));
    const inside = fileOf('link', 'real', { kind: 'symlink' });
    const outside = fileOf('link', job.stepsDir, { kind: 'symlink' });
    const delivery = deliverAll(place, [inside, fileOf('link/a', 'fine'), outside, fileOf('link/b', 'bad')]);
    await expect(delivery).rejects.toMatchObject({ code: 'path_refused' });
    expect(readdirSync(job.stepsDir)).not.toContain('b');
  });

  it('replaces a link and a file with two names instead of writing into them', async () => {
    await using fixture = await openJob(shell);
    const { job, place } = fixture;
    const theirs = join(job.stepsDir, 'theirs');
    writeFileSync(theirs, 'theirs');
    symlinkSync(theirs, join(place.projectDir, 'link'));
    linkSync(theirs, join(place.projectDir, 'name'));
    await deliverAll(place, [fileOf('link', 'new'), fileOf('name', 'new')]);
    expect(readFileSync(theirs, 'utf8')).toBe('theirs');
    expect(lstatSync(join(place.projectDir, 'link')).isFile()).toBe(true);
  });

  it('fills a read-only directory, and sets modes and times at the end', async () => {
    await using fixture = await openJob(shell);
    const directory = fileOf('dir', '', { kind: 'directory', mode: 0o555 });
    await deliverAll(fixture.place, [directory, fileOf('dir/sub/file', 'x', { mode: 0o4755 })]);
    const stats = statSync(join(fixture.place.projectDir, 'dir'));
    expect(stats.mode & 0o777).toBe(0o555);
    expect(stats.mtimeMs).toBe(directory.modifiedMs);
    expect(statSync(join(fixture.place.projectDir, 'dir/sub/file')).mode & 0o7777).toBe(0o755);
  });

  it('says which file could not be written', async () => {
    await using fixture = await openJob(shell);
    const broken = fileOf('some/file', '', {
      open: () =>
        new Readable({
          read() {
            this.destroy(new Error('the archive is damaged'));
          },
        }),
    });
    const delivery = deliverAll(fixture.place, [broken]);
    await expect(delivery).rejects.toMatchObject({
      code: 'files_not_delivered',
      message: 'some/file cannot be written: the archive is damaged',
    });
  });
});
