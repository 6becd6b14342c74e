import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commit, git, makeRepository, useTemporaryDirectory, write } from '../testing/repository.ts';
import { changedFiles, changedSinceRef } from './changed-files.ts';
import { listFiles } from './list-files.ts';
import { readCheckout } from './read-checkout.ts';

const temporary = useTemporaryDirectory();

async function changed(dir: string, compareTo: string | null = null): Promise<readonly string[] | null> {
  const checkout = await readCheckout(dir);
  const files = compareTo === null ? await changedFiles(checkout) : await changedSinceRef(checkout, compareTo);
  return files === null ? null : [...files].sort();
}

/** `main` with a second commit, and `topic` that left it before that with one commit of its own; `topic` is checked out. */
function makeTopic(): string {
  const dir = makeRepository(temporary.fresh('app'));
  git(dir, 'checkout', '--quiet', '-b', 'topic');
  commit(dir, 'On topic', { 'topic.txt': '1' });
  git(dir, 'checkout', '--quiet', 'main');
  commit(dir, 'On main', { 'main.txt': '1' });
  git(dir, 'checkout', '--quiet', 'topic');
  return dir;
}

describe('changedFiles', () => {
  it('compares a branch with where it left the default branch, uncommitted and untracked files included', async () => {
    const dir = makeTopic();
    write(dir, { 'README.md': 'changed', 'new file': '', 'src/ignored': '', '.gitignore': 'ignored\n' });
    rmSync(join(dir, 'src/main.ts'));
    expect(await changed(dir)).toEqual(['.gitignore', 'README.md', 'new file', 'src/main.ts', 'topic.txt']);
  });

  it('goes by the default branch of the server, where there is one', async () => {
    const dir = makeRepository(temporary.fresh('app'));
    git(dir, 'remote', 'add', 'origin', 'https://example.com/group/app.git');
    git(dir, 'update-ref', 'refs/remotes/origin/main', 'HEAD');
    commit(dir, 'Not pushed', { 'a.txt': '1' });
    commit(dir, 'Not pushed either', { 'b.txt': '1' });
    expect(await changed(dir)).toEqual(['a.txt', 'b.txt']);
  });

  it('takes the last commit when there is nothing to push', async () => {
    const dir = makeRepository(temporary.fresh('app'));
    commit(dir, 'Second', { 'a.txt': '1' });
    expect(await changed(dir)).toEqual(['a.txt']);
    write(dir, { 'b.txt': '1' });
    expect(await changed(dir)).toEqual(['b.txt']);
  });

  it('does not know for a tag, a first commit or an empty repository', async () => {
    const dir = makeRepository(temporary.fresh('app'));
    expect(await changed(dir)).toBeNull();
    commit(dir, 'Second');
    git(dir, 'tag', 'v1');
    git(dir, 'checkout', '--quiet', 'v1');
    expect(await changed(dir)).toBeNull();
  });

  it('compares with a branch, a tag or a sha when told to', async () => {
    const dir = makeTopic();
    git(dir, 'tag', 'here');
    commit(dir, 'More', { 'more.txt': '1' });
    expect(await changed(dir, 'here')).toEqual(['more.txt']);
    expect(await changed(dir, 'main')).toEqual(['more.txt', 'topic.txt']);
    expect(await changed(dir, git(dir, 'rev-parse', 'HEAD'))).toEqual([]);
  });

  it.each(['gone', '--all', '-x', ''])('refuses to compare with %j', async (compareTo) => {
    await expect(changed(makeTopic(), compareTo)).rejects.toMatchObject({ code: 'unknown_ref' });
  });

  it('says how a shallow clone gets what it is to be compared with, and that helps', async () => {
    const server = makeTopic();
    const clone = temporary.fresh('clone');
    git(server, 'clone', '--quiet', '--depth=1', '--branch=topic', `file://${server}`, clone);
    const refused = await changed(clone, 'main').catch((error: Error) => error.message);
    const [, command = ''] = /`(git fetch --unshallow [^`]*)`/.exec(String(refused)) ?? [];
    const [, ...words] = command.replaceAll("'", '').split(' ');
    git(clone, ...words);
    expect(await changed(clone, 'main')).toEqual(['topic.txt']);
  });

  it('names both ends of a renamed file', async () => {
    const dir = makeTopic();
    git(dir, 'mv', 'README.md', 'LIESMICH.md');
    expect(await changed(dir)).toEqual(['LIESMICH.md', 'README.md', 'topic.txt']);
  });
});

describe('listFiles', () => {
  it('lists tracked and untracked files, without ignored and deleted ones', async () => {
    const dir = makeRepository(temporary.fresh('app'));
    write(dir, { '.gitignore': '*.log\n', 'x.log': '', 'ü\n"x"': '', 'src/new.ts': '' });
    rmSync(join(dir, 'README.md'));
    expect([...(await listFiles(dir))].sort()).toEqual(['.gitignore', 'src/main.ts', 'src/new.ts', 'ü\n"x"']);
  });

  it('survives names that are not UTF-8', async () => {
    const dir = makeRepository(temporary.fresh('app'));
    const { writeFileSync } = await import('node:fs');
    writeFileSync(Buffer.concat([Buffer.from(`${dir}/caf`), Buffer.from([0xe9])]), '');
    expect(await listFiles(dir)).toContain('caf\ufffd');
  });
});
