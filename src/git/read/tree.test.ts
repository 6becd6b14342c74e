import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it, vi } from 'vitest';
import { archivePrefix, findEntry, listTree, openArchive, openBlob, readFile } from '../index.ts';
import { gitWith, makeBare } from '../testing/bare.ts';
import { gitsIn } from '../testing/git-server.ts';
import { commit, git, useTemporaryDirectory, write } from '../testing/repository.ts';

const temporary = useTemporaryDirectory();
const limits = { stallMs: 5000, deadlineMs: 20_000 };

describe('a tree', () => {
  it('is listed at the top, in a directory and with all below', async () => {
    const { repository, work, push } = await makeBare(temporary);
    write(work, { 'src/deep/er.ts': 'x', 'run.sh': '' });
    symlinkSync('README.md', join(work, 'link'));
    const sha = commit(work, 'More');
    git(work, 'update-index', '--chmod=+x', 'run.sh');
    git(work, 'update-index', '--add', '--cacheinfo', `160000,${sha},module`);
    git(work, 'commit', '--quiet', '-m', 'Modes');
    const head = git(work, 'rev-parse', 'HEAD');
    push('main');
    const top = await listTree(repository, head);
    expect(top.map(({ mode, kind, path }) => [mode, kind, path])).toEqual([
      ['100644', 'file', 'README.md'],
      ['120000', 'file', 'link'],
      ['160000', 'submodule', 'module'],
      ['100755', 'file', 'run.sh'],
      ['040000', 'directory', 'src'],
    ]);
    const below = await listTree(repository, head, { path: 'src', recursive: true });
    expect(below.map(({ path, name }) => [path, name])).toEqual([
      ['src/deep', 'deep'],
      ['src/deep/er.ts', 'er.ts'],
      ['src/main.ts', 'main.ts'],
    ]);
    await expect(listTree(repository, head, { path: 'nowhere' })).rejects.toMatchObject({ code: 'not_found' });
    await expect(listTree(repository, head, { path: 'README.md' })).rejects.toMatchObject({ code: 'not_found' });
    await expect(listTree(repository, '1'.repeat(40))).rejects.toMatchObject({ code: 'not_found' });
    expect(await readFile(repository, head, 'src', { maxBytes: 10 })).toBeNull();
    expect(await readFile(repository, head, 'module', { maxBytes: 10 })).toBeNull();
    expect((await readFile(repository, head, 'link', { maxBytes: 10 }))?.content.toString()).toBe('README.md');
  });

  it('may hold names that are no UTF-8, and names that git and shells take for other things', async () => {
    const { repository, work, push } = await makeBare(temporary);
    const names = ['-x', '--all', ':(top)*', '*', 'a\nb', 'a\tb', '"', 'ä', ' ', ':x', 'HEAD', 'x:y'];
    write(work, Object.fromEntries(names.map((name) => [name, name])));
    mkdirSync(join(work, 'bytes'));
    writeFileSync(Buffer.concat([Buffer.from(join(work, 'bytes/')), Buffer.from([0xff, 0x41])]), 'x');
    const sha = commit(work, 'Names');
    push('main');
    for (const name of names) {
      const found = await readFile(repository, sha, name, { maxBytes: 100 });
      expect(found?.content.toString()).toBe(name);
      expect(found?.entry.path).toBe(name);
    }
    expect((await listTree(repository, sha, { path: 'bytes' })).map(({ name }) => name)).toEqual(['\ufffdA']);
    await expect(readFile(repository, sha, 'bytes/\ufffdA', { maxBytes: 1 })).rejects.toMatchObject({
      code: 'bad_name',
    });
  });

  it.each(['', '/', '/etc/passwd', '../x', 'a/../b', './README.md', 'src/', 'a//b', 'a\0b', 'x'.repeat(5000)])(
    'has no file at %j',
    async (path) => {
      const { repository, work } = await makeBare(temporary);
      const reading = readFile(repository, git(work, 'rev-parse', 'HEAD'), path, { maxBytes: 100 });
      await expect(reading).rejects.toMatchObject({ code: 'bad_name' });
    },
  );
});

describe('a file', () => {
  it('is given byte for byte up to a size, streamed beyond', async () => {
    const { repository, work, push } = await makeBare(temporary);
    const bytes = randomBytes(3_000_000);
    writeFileSync(join(work, 'big'), bytes);
    const sha = commit(work, 'Big');
    push('main');
    expect((await readFile(repository, sha, 'big', { maxBytes: 3_000_000 }))?.content.equals(bytes)).toBe(true);
    await expect(readFile(repository, sha, 'big', { maxBytes: 2_999_999 })).rejects.toMatchObject({
      code: 'output_too_large',
    });
    const entry = await findEntry(repository, sha, 'big');
    const { body, done } = await openBlob(repository, entry?.sha ?? '', limits);
    expect(hash(await buffer(body))).toBe(hash(bytes));
    await done;
    await expect(openBlob(repository, '1'.repeat(40), limits)).rejects.toMatchObject({ code: 'not_found' });
    expect(await readFile(repository, sha, 'nowhere', { maxBytes: 1 })).toBeNull();
  });

  it('whose reader leaves, or stops reading, leaves no git behind', async () => {
    const { repository, work, push } = await makeBare(temporary);
    writeFileSync(join(work, 'big'), randomBytes(3_000_000));
    const sha = commit(work, 'Big');
    push('main');
    const blob = (await findEntry(repository, sha, 'big'))?.sha ?? '';
    const left = await openBlob(repository, blob, limits);
    left.body.destroy();
    await expect(left.done).rejects.toMatchObject({ code: 'canceled' });
    const stalled = await openBlob(repository, blob, { ...limits, stallMs: 100 });
    await expect(stalled.done).rejects.toMatchObject({ code: 'stalled' });
    expect(stalled.body.destroyed).toBe(true);
    await vi.waitFor(() => expect(gitsIn(repository)).toEqual([]), { timeout: 5000 });
  });
});

describe('an archive', () => {
  it.each(['tar', 'tar.gz', 'zip'] as const)('is made as %s', async (format) => {
    const { repository, work } = await makeBare(temporary);
    const sha = git(work, 'rev-parse', 'HEAD');
    const { body } = await openArchive(repository, sha, { ...limits, format, prefix: 'p-main' });
    const bytes = await buffer(body);
    if (format === 'zip') expect(bytes.includes('p-main/src/main.ts')).toBe(true);
    else {
      writeFileSync(join(work, 'a'), bytes);
      expect(listTar(work)).toEqual(['p-main/', 'p-main/README.md', 'p-main/src/', 'p-main/src/main.ts']);
    }
  });

  it('may be of one directory, and says when there is none', async () => {
    const { repository, work } = await makeBare(temporary);
    const sha = git(work, 'rev-parse', 'HEAD');
    const options = { ...limits, format: 'tar', prefix: 'p' } as const;
    const { body } = await openArchive(repository, sha, { ...options, path: 'src' });
    writeFileSync(join(work, 'a'), await buffer(body));
    expect(listTar(work)).toEqual(['p/', 'p/src/', 'p/src/main.ts']);
    await expect(openArchive(repository, sha, { ...options, path: 'nowhere' })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(openArchive(repository, sha, { ...options, path: '*' })).rejects.toMatchObject({ code: 'not_found' });
    await expect(openArchive(repository, '1'.repeat(40), options)).rejects.toMatchObject({ code: 'not_found' });
    await expect(async () => openArchive(repository, sha, { ...options, prefix: '../x' })).rejects.toMatchObject({
      code: 'bad_name',
    });
  });

  it('is named as GitLab names it', () => {
    const sha = 'a'.repeat(40);
    expect(archivePrefix('demo', 'feature/x', sha)).toBe(`demo-feature-x-${sha}`);
    expect(archivePrefix('demo', 'main', sha, 'src/deep')).toBe(`demo-main-${sha}-src-deep`);
  });
});

function listTar(dir: string): string[] {
  return gitWith(dir, '', '-c', 'alias.tar=!tar -tf a', 'tar').split('\n');
}

function hash(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
