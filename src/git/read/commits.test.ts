import { describe, expect, it } from 'vitest';
import {
  commitStats,
  isAncestor,
  latestCommitOf,
  listChanges,
  listCommits,
  mergeBase,
  readCommit,
  readCommits,
} from '../index.ts';
import { gitWith, makeBare } from '../testing/bare.ts';
import { commit, git, useTemporaryDirectory, write } from '../testing/repository.ts';

const temporary = useTemporaryDirectory();
const GONE = '1'.repeat(40);

describe('a commit', () => {
  it('is read whole', async () => {
    const { repository, work, push } = await makeBare(temporary);
    const parent = git(work, 'rev-parse', 'HEAD');
    const sha = commit(work, 'Titel ä\n\nBody\n\n\ncut -z');
    push('main');
    expect(await readCommit(repository, sha)).toEqual({
      sha,
      parents: [parent],
      title: 'Titel ä',
      message: 'Titel ä\n\nBody\n\ncut -z\n',
      author: { name: 'Ada', email: 'ada@example.com', date: '2026-01-02T03:04:05+00:00' },
      committer: { name: 'Cleo', email: 'cleo@example.com', date: '2026-01-02T03:04:06+00:00' },
    });
  });

  it('may be of another encoding, empty, or hostile', async () => {
    const { repository, work, push } = await makeBare(temporary);
    const tree = git(work, 'rev-parse', 'HEAD^{tree}');
    const who = 'A <a@x> 1700000000 +0200';
    const make = (text: Buffer) => gitWith(work, text, 'hash-object', '-t', 'commit', '-w', '--stdin', '--literally');
    const head = `tree ${tree}\nauthor ${who}\ncommitter ${who}\n`;
    const latin = make(
      Buffer.concat([Buffer.from(`${head}encoding ISO-8859-1\n\nGr`), Buffer.from([0xfc]), Buffer.from('n\n')]),
    );
    const broken = make(Buffer.concat([Buffer.from(`${head}\nGr`), Buffer.from([0xfc]), Buffer.from('n\n')]));
    const empty = make(Buffer.from(`${head}\n`));
    const nul = make(Buffer.from(`${head}\nbefore\0after\n`));
    for (const [index, sha] of [latin, broken, empty, nul].entries()) push(`${sha}:refs/heads/b${index}`);
    const read = await readCommits(repository, [latin, broken, empty, nul]);
    expect(read.map(({ title }) => title)).toEqual(['Grün', 'Gr\ufffdn', '', 'before']);
    expect(read[0]?.author.date).toBe('2023-11-15T00:13:20+02:00');
  });

  it('that is not here is not found; what cannot be one is a bad name', async () => {
    const { repository, work } = await makeBare(temporary);
    await expect(readCommit(repository, GONE)).rejects.toMatchObject({ code: 'not_found' });
    await expect(listCommits(repository, GONE, { limit: 1 })).rejects.toMatchObject({ code: 'not_found' });
    await expect(isAncestor(repository, GONE, GONE)).rejects.toMatchObject({ code: 'not_found' });
    await expect(listChanges(repository, null, GONE)).rejects.toMatchObject({ code: 'not_found' });
    await expect(commitStats(repository, GONE)).rejects.toMatchObject({ code: 'not_found' });
    const blob = git(work, 'rev-parse', 'HEAD:README.md');
    await expect(readCommit(repository, blob)).rejects.toMatchObject({ code: 'not_found' });
    for (const text of ['main', '--all', '', `${GONE}\n`])
      await expect(readCommit(repository, text)).rejects.toMatchObject({ code: 'bad_name' });
  });
});

describe('a history', () => {
  it('is paged, cut by date and by path, and read from any commit', async () => {
    const { repository, work, push } = await makeBare(temporary);
    const first = git(work, 'rev-parse', 'HEAD');
    const shas = ['a', 'b', 'c'].map((name) => commit(work, name, { [`dir/${name}`]: name, '*': name }));
    push('main');
    const [a = '', b = '', c = ''] = shas;
    const list = async (sha: string, query: object = {}) =>
      (await listCommits(repository, sha, { limit: 100, ...query })).map((one) => one.sha);
    expect(await list(c)).toEqual([c, b, a, first]);
    expect(await list(b, { limit: 1, offset: 1 })).toEqual([a]);
    expect(await list(c, { offset: 9 })).toEqual([]);
    expect(await list(c, { path: 'dir/a' })).toEqual([a]);
    expect(await list(c, { path: '*' })).toEqual([c, b, a]);
    expect(await list(c, { path: 'dir*' })).toEqual([]);
    expect(await list(c, { not: [a] })).toEqual([c, b]);
    const made = Date.parse('2026-01-02T03:04:06Z');
    expect(await list(c, { sinceMs: made + 1000 })).toEqual([]);
    expect(await list(c, { sinceMs: made, untilMs: made })).toHaveLength(4);
    expect(await list(c, { untilMs: made - 1000 })).toEqual([]);
    expect((await latestCommitOf(repository, c, 'dir/b'))?.sha).toBe(b);
    expect(await latestCommitOf(repository, c, 'nowhere')).toBeNull();
    await expect(list(c, { path: '../x' })).rejects.toMatchObject({ code: 'bad_name' });
    await expect(list(c, { limit: -1 })).rejects.toMatchObject({ code: 'bad_name' });
  });

  it('says where two parted, and what came before what', async () => {
    const { repository, work, push } = await makeBare(temporary);
    const base = git(work, 'rev-parse', 'HEAD');
    const left = commit(work, 'left', { left: '1' });
    git(work, 'checkout', '--quiet', '-b', 'right', base);
    const right = commit(work, 'right', { right: '1' });
    git(work, 'checkout', '--quiet', '--orphan', 'alone');
    const alone = commit(work, 'alone');
    push('main', 'right', 'alone');
    expect(await mergeBase(repository, left, right)).toBe(base);
    expect(await mergeBase(repository, left, alone)).toBeNull();
    expect(await isAncestor(repository, base, left)).toBe(true);
    expect(await isAncestor(repository, left, left)).toBe(true);
    expect(await isAncestor(repository, left, right)).toBe(false);
    expect(await isAncestor(repository, alone, right)).toBe(false);
    expect((await listChanges(repository, base, right)).map(({ path }) => path)).toEqual(['right']);
  });
});

describe('changes', () => {
  it('are told by kind and name, both names of a renamed file, whatever the names', async () => {
    const { repository, work, push } = await makeBare(temporary);
    const from = git(work, 'rev-parse', 'HEAD');
    git(work, 'mv', 'README.md', 'READ\nME "ä".md');
    write(work, { 'src/main.ts': 'changed\n', '-x': '', ':(glob)*': '' });
    const to = commit(work, 'All');
    push('main');
    expect(await listChanges(repository, from, to)).toEqual([
      { kind: 'added', path: '-x' },
      { kind: 'added', path: ':(glob)*' },
      { kind: 'added', path: 'READ\nME "ä".md' },
      { kind: 'deleted', path: 'README.md' },
      { kind: 'modified', path: 'src/main.ts' },
    ]);
    expect(await listChanges(repository, to, to)).toEqual([]);
    expect((await listChanges(repository, null, from)).map(({ path }) => path)).toEqual(['README.md', 'src/main.ts']);
    expect(await commitStats(repository, to)).toEqual({ additions: 2, deletions: 2, files: 5 });
    expect(await commitStats(repository, from)).toEqual({ additions: 2, deletions: 0, files: 2 });
  });
});
