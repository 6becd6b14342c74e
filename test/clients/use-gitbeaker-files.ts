import { expect } from 'vitest';
import type { Client } from './use-gitbeaker.ts';

/** What a repository has, with a tag `v1` on its first commit and a branch `more/work` with one more. */
export async function useRepository(gitlab: Client, path: string): Promise<void> {
  const { Branches, Commits, Repositories, RepositoryFiles, Tags } = gitlab;
  expect((await Branches.all(path)).map(({ name }) => name)).toEqual(['main', 'more/work']);
  expect((await Branches.all(path, { search: 'work' })).map(({ name }) => name)).toEqual(['more/work']);
  const { commit } = await Branches.show(path, 'more/work');
  expect((await Tags.show(path, 'v1')).target).not.toBe(commit.id);
  expect((await Tags.all(path)).map(({ name }) => name)).toEqual(['v1']);
  expect(await Commits.show(path, 'more/work', { stats: true })).toMatchObject({ id: commit.id, title: 'Change' });
  expect((await Commits.showDiff(path, commit.id)).map(({ new_path }) => new_path)).toEqual(['b/c.txt']);
  expect(await Commits.allReferences(path, commit.id, { type: 'all' })).toEqual([
    { type: 'branch', name: 'more/work' },
  ]);
  expect((await Commits.all(path, { refName: 'more/work', path: 'b' })).map(({ id }) => id)).toEqual([commit.id]);
  expect((await Repositories.compare(path, 'main', 'more/work')).commits).toMatchObject([{ id: commit.id }]);
  expect((await Repositories.mergeBase(path, ['main', 'more/work'])).id).toBe(
    (await Branches.show(path, 'main')).commit.id,
  );
  const tree = await Repositories.allRepositoryTrees(path, { ref: 'more/work', recursive: true, path: 'b' });
  expect(tree.map((entry) => entry.path)).toEqual(['b/c.txt']);
  const file = await RepositoryFiles.show(path, 'b/c.txt', 'more/work');
  expect([file.blob_id, atob(file.content)]).toEqual([tree[0]?.id, 'c\n']);
  const blob = String(file.blob_id);
  expect((await Repositories.showBlob(path, blob)).size).toBe(2);
  // The client makes text of text.
  expect(await Repositories.showBlobRaw(path, blob)).toBe('c\n');
}
