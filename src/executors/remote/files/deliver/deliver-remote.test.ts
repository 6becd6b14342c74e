import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import type { CollectedFile } from '../../../executor.ts';
import { fileOf, NEVER } from '../../../testing/executor-contract.ts';
import { describeWithEach } from '../testing/each-tools.ts';
import { openRemoteJob, type RemoteJob } from '../testing/remote-job.ts';

async function deliver({ files }: RemoteJob, entries: readonly CollectedFile[], signal = NEVER): Promise<void> {
  await files.deliver(Readable.from(entries) as AsyncIterable<CollectedFile>, signal);
}

const link = (path: string, target: string): CollectedFile => fileOf(path, target, { kind: 'symlink' });

describeWithEach('delivering files by the programs of $name', (tools) => {
  const open = () => openRemoteJob({ tools });

  it('writes nothing outside, whatever link leads there', async () => {
    using job = open();
    const outside = join(job.root, 'outside');
    mkdirSync(outside);
    symlinkSync(outside, join(job.projectDir, 'link'));
    mkdirSync(join(job.projectDir, 'inner'));
    symlinkSync('../link', join(job.projectDir, 'inner/link'));
    symlinkSync(job.projectDir, join(outside, 'back'));
    for (const path of ['link/file', 'link/dir/file', 'inner/link/file', 'link/back/file']) {
      await expect(deliver(job, [fileOf('first'), fileOf(path, 'bad')]), path).rejects.toMatchObject({
        code: 'path_refused',
        message: `${path} leads out of the project directory through a link`,
      });
    }
    expect(readdirSync(outside)).toEqual(['back']);
  });

  it('goes through a link that stays inside, and makes a directory of one that is to be one', async () => {
    using job = open();
    const at = (name: string): string => join(job.projectDir, name);
    mkdirSync(at('real'));
    symlinkSync('real', at('link'));
    symlinkSync('/etc', at('dir'));
    await deliver(job, [
      fileOf('link/file', 'fine'),
      fileOf('dir', '', { kind: 'directory', mode: 0o755 }),
      fileOf('dir/file', 'own'),
    ]);
    expect(readFileSync(at('real/file'), 'utf8')).toBe('fine');
    expect(lstatSync(at('dir')).isDirectory()).toBe(true);
    expect(readFileSync(at('dir/file'), 'utf8')).toBe('own');
  });

  it('does not trust a link once it has been led elsewhere', async () => {
    using job = open();
    mkdirSync(join(job.projectDir, 'real'));
    mkdirSync(join(job.root, 'outside'));
    const delivery = deliver(job, [
      link('link', 'real'),
      fileOf('link/a', 'fine'),
      link('link', join(job.root, 'outside')),
      fileOf('link/b', 'bad'),
    ]);
    await expect(delivery).rejects.toMatchObject({ code: 'path_refused' });
    expect(readFileSync(join(job.projectDir, 'real/a'), 'utf8')).toBe('fine');
    expect(readdirSync(join(job.root, 'outside'))).toEqual([]);
  });

  it('replaces a link and a file with two names instead of writing into them', async () => {
    using job = open();
    const theirs = join(job.root, 'theirs');
    writeFileSync(theirs, 'theirs');
    symlinkSync(theirs, join(job.projectDir, 'link'));
    linkSync(theirs, join(job.projectDir, 'name'));
    await deliver(job, [fileOf('link', 'new'), fileOf('name', 'new')]);
    expect(readFileSync(theirs, 'utf8')).toBe('theirs');
    expect(lstatSync(join(job.projectDir, 'link')).isFile()).toBe(true);
    expect(readFileSync(join(job.projectDir, 'name'), 'utf8')).toBe('new');
  });

  it('fills a read-only directory, and sets modes and times at the end', async () => {
    using job = open();
    const directory = fileOf('dir', '', { kind: 'directory', mode: 0o555 });
    await deliver(job, [directory, fileOf('dir/sub/file', 'x', { mode: 0o4755 }), link('l', '../x'), fileOf('dir/z')]);
    const stats = lstatSync(join(job.projectDir, 'dir'));
    expect([stats.mode & 0o7777, stats.mtimeMs]).toEqual([0o555, directory.modifiedMs]);
    expect(lstatSync(join(job.projectDir, 'dir/sub/file')).mode & 0o7777).toBe(0o755);
    expect(lstatSync(join(job.projectDir, 'l')).mtimeMs).toBe(directory.modifiedMs);
  });

  it('keeps names, contents and targets, whatever they are', async () => {
    using job = open();
    const names = [
      '-x',
      'a\nb/c\nd',
      ' ',
      '\\n',
      'ü'.repeat(60),
      "'`$HOME`",
      `${'deep/'.repeat(60)}file`,
      'tend\nend\ndone',
    ];
    const large = 'large'.repeat(200_000);
    const entries = names.map((name, index) => fileOf(name, index % 2 === 0 ? large : name));
    await deliver(job, [
      ...entries,
      link('link\n1', '-t\nt'),
      fileOf('dir\n/\ndir', '', { kind: 'directory', mode: 0o700 }),
    ]);
    for (const [index, name] of names.entries())
      expect(readFileSync(join(job.projectDir, name), 'utf8')).toBe(index % 2 === 0 ? large : name);
    expect(readlinkSync(join(job.projectDir, 'link\n1'))).toBe('-t\nt');
    expect(lstatSync(join(job.projectDir, 'dir\n/\ndir')).isDirectory()).toBe(true);
    expect(job.programs.ran).toEqual(['deliver']);
  });

  it('says which file could not be written, and which was there before', async () => {
    using job = open();
    const broken = (bytes: number): CollectedFile =>
      fileOf('some/file', '', {
        sizeBytes: bytes,
        open: () =>
          new Readable({
            read() {
              this.destroy(new Error('the archive is damaged'));
            },
          }),
      });
    for (const bytes of [0, 100_000]) {
      await expect(deliver(job, [broken(bytes)])).rejects.toMatchObject({
        code: 'files_not_delivered',
        message: 'some/file cannot be written: the archive is damaged',
      });
    }
    mkdirSync(join(job.projectDir, 'full/dir'), { recursive: true });
    await expect(deliver(job, [fileOf('full', 'x')])).rejects.toMatchObject({ code: 'files_not_delivered' });
    await expect(deliver(job, [fileOf('file', 'x'), fileOf('file/below', 'x')])).rejects.toMatchObject({
      code: 'files_not_delivered',
    });
  });

  it('is done only once its end is known, and sends what was cut anew', async () => {
    using job = open();
    const large = 'large'.repeat(300_000);
    const entries = [
      fileOf('a', large),
      link('link', 'real'),
      fileOf('real', '', { kind: 'directory', mode: 0o755 }),
      fileOf('link/b', large),
      fileOf('link/c', large),
    ];
    job.programs.faults.push(
      { what: 'deliver', afterInput: 0 },
      { what: 'deliver', afterInput: 700_000 },
      { what: 'deliver', answer: 'lost' },
      { what: 'deliver', afterInput: 1_000_000 },
    );
    await deliver(job, entries);
    for (const name of ['a', 'real/b', 'real/c']) expect(readFileSync(join(job.projectDir, name), 'utf8')).toBe(large);
    expect(job.programs.ran).toHaveLength(6);
  });

  it('is not done when what it delivers ends in a failure, however often', async () => {
    using job = open();
    async function* files(): AsyncGenerator<CollectedFile> {
      yield fileOf('a', 'a');
      throw Object.assign(new Error('cut'), { code: 'reach_cut' });
    }
    await expect(job.files.deliver(files(), NEVER)).rejects.toMatchObject({ message: 'cut' });
  });

  it('ends with the reason when it is called off, and leaves what it reads', async () => {
    using job = open();
    const off = new AbortController();
    let isLeft = false;
    async function* files(): AsyncGenerator<CollectedFile> {
      try {
        yield fileOf('a', 'a');
        off.abort();
        yield fileOf('b', 'b');
      } finally {
        isLeft = true;
      }
    }
    await expect(job.files.deliver(files(), off.signal)).rejects.toMatchObject({ name: 'AbortError' });
    expect([isLeft, existsSync(join(job.projectDir, 'b'))]).toEqual([true, false]);
  });

  it('is a failure where there is no project directory', async () => {
    using job = open();
    job.programs.replace = ({ program }) => program.replace('/project', '/elsewhere');
    await expect(deliver(job, [fileOf('a')])).rejects.toMatchObject({ code: 'files_not_delivered' });
  });
});
