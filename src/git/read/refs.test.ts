import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listBranches, listTags } from '../index.ts';
import { gitWith, makeBare } from '../testing/bare.ts';
import { commit, git, useTemporaryDirectory } from '../testing/repository.ts';

const temporary = useTemporaryDirectory();

describe('branches', () => {
  it('are searched, sorted and paged among a thousand', async () => {
    const { repository, work } = await makeBare(temporary);
    const sha = git(work, 'rev-parse', 'HEAD');
    const names = Array.from({ length: 1000 }, (_, index) => `topic/${String(index).padStart(4, '0')}`);
    const lines = names.map((name) => `${sha} refs/heads/${name}`).join('\n');
    writeFileSync(join(repository.gitDir, 'packed-refs'), `# pack-refs with: sorted\n${lines}\n`);
    const page = await listBranches(repository, { sort: 'name_desc', offset: 1, limit: 2 });
    expect(page.total).toBe(1001);
    expect(page.items.map(({ name }) => name)).toEqual(['topic/0998', 'topic/0997']);
    expect(page.items[0]?.commit).toMatchObject({ sha, title: 'Start' });
    const find = async (search: string) =>
      (await listBranches(repository, { sort: 'name_asc', limit: 3, search })).items.map(({ name }) => name);
    expect(await find('^TOPIC/00')).toEqual(['topic/0000', 'topic/0001', 'topic/0002']);
    expect(await find('999$')).toEqual(['topic/0999']);
    expect(await find('main')).toEqual(['main']);
    expect(await find('--x')).toEqual([]);
    expect((await listBranches(repository, { sort: 'name_asc', limit: 3, name: 'main' })).total).toBe(1);
  });

  it('are sorted by their commits', async () => {
    const { repository, work, push } = await makeBare(temporary);
    process.env.GIT_COMMITTER_DATE = '2026-02-01T00:00:00Z';
    git(work, 'checkout', '--quiet', '-b', 'later');
    commit(work, 'Later');
    process.env.GIT_COMMITTER_DATE = '2026-01-02T03:04:06Z';
    push('later');
    const first = async (sort: 'updated_asc' | 'updated_desc') =>
      (await listBranches(repository, { sort, limit: 1 })).items[0]?.name;
    expect([await first('updated_asc'), await first('updated_desc')]).toEqual(['main', 'later']);
  });

  it('may be none', async () => {
    const { repository } = await makeBare(temporary);
    git(repository.gitDir, 'update-ref', '-d', 'refs/heads/main');
    expect(await listBranches(repository, { sort: 'name_asc', limit: 10 })).toEqual({ total: 0, items: [] });
    expect(await listTags(repository, { sort: 'name_asc', limit: 10 })).toEqual({ total: 0, items: [] });
  });

  it('may have names that are no UTF-8', async () => {
    const { repository, work } = await makeBare(temporary);
    const sha = git(work, 'rev-parse', 'HEAD');
    const line = Buffer.concat([Buffer.from(`create refs/heads/x`), Buffer.from([0xff]), Buffer.from(` ${sha}\n`)]);
    gitWith(repository.gitDir, line, 'update-ref', '--stdin');
    const { items } = await listBranches(repository, { sort: 'name_asc', limit: 10 });
    expect(items.map(({ name }) => name)).toEqual(['main', 'x\ufffd']);
  });
});

it('tags have what people wrote into them, and lead to commits or other things', async () => {
  const { repository, work, push } = await makeBare(temporary);
  const sha = git(work, 'rev-parse', 'HEAD');
  const blob = git(work, 'rev-parse', 'HEAD:README.md');
  git(work, 'tag', 'light');
  git(work, 'tag', '-a', '-m', 'Title\n\nBody ä\nmore', 'noted');
  git(work, 'tag', 'blob', blob);
  push('--tags');
  const { items } = await listTags(repository, { sort: 'name_asc', limit: 10 });
  expect(items.map(({ commit: found, ...tag }) => ({ ...tag, commit: found?.sha ?? null }))).toEqual([
    { name: 'blob', target: blob, message: null, createdAt: null, commit: null },
    { name: 'light', target: sha, message: null, createdAt: null, commit: sha },
    {
      name: 'noted',
      target: git(work, 'rev-parse', 'noted'),
      message: 'Title\n\nBody ä\nmore',
      createdAt: '2026-01-02T03:04:06+00:00',
      commit: sha,
    },
  ]);
});
