import { expect, it } from 'vitest';
import { git, makeRepository, useTemporaryDirectory } from '../testing/repository.ts';
import { kindOfRef } from './kind-of-ref.ts';

const temporary = useTemporaryDirectory();

it('a short name is a branch, a tag, or neither; of both, the branch', async () => {
  const dir = makeRepository(temporary.fresh('repo'));
  for (const name of ['v1.0', 'release/1', 'both']) git(dir, 'tag', name);
  git(dir, 'branch', 'both');
  expect(await kindOfRef(dir, 'v1.0')).toBe('tag');
  expect(await kindOfRef(dir, 'release/1')).toBe('tag');
  expect(await kindOfRef(dir, 'main')).toBe('branch');
  expect(await kindOfRef(dir, 'both')).toBe('branch');
  for (const name of ['release', 'gone', '--all', '*']) expect(await kindOfRef(dir, name)).toBeNull();
});
