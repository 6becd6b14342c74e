import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commit, git, makeRepository, useTemporaryDirectory } from '../testing/repository.ts';
import { findTopLevel, readCheckout } from './read-checkout.ts';

const temporary = useTemporaryDirectory();
const ZEROS = '0'.repeat(40);

describe('readCheckout', () => {
  it('reads branch, commit and project', async () => {
    const dir = makeRepository(temporary.fresh('app'));
    const first = git(dir, 'rev-parse', 'HEAD');
    const sha = commit(dir, 'Add a thing\n\nBecause.\nReally.');
    expect(await readCheckout(await findTopLevel(join(dir, 'src')))).toEqual({
      topLevel: dir,
      ref: { kind: 'branch', name: 'main' },
      sha,
      beforeSha: first,
      commit: {
        title: 'Add a thing',
        message: 'Add a thing\n\nBecause.\nReally.\n',
        author: 'Ada <ada@example.com>',
        timestamp: '2026-01-02T03:04:06+00:00',
      },
      remote: null,
      project: { path: 'local/app', namespace: 'local', name: 'app' },
      defaultBranch: 'main',
    });
  });

  it('works before the first commit', async () => {
    const dir = temporary.fresh('empty');
    mkdirSync(dir, { recursive: true });
    git(dir, 'init', '--quiet', '--initial-branch=trunk');
    expect(await readCheckout(dir)).toMatchObject({
      ref: { kind: 'branch', name: 'trunk' },
      sha: ZEROS,
      beforeSha: ZEROS,
      commit: null,
      defaultBranch: 'trunk',
    });
  });

  it('names the newest tag at a detached HEAD, or else the commit', async () => {
    const dir = makeRepository(temporary.fresh('app'));
    const sha = commit(dir, 'Next');
    git(dir, 'checkout', '--quiet', '--detach');
    expect(await readCheckout(dir)).toMatchObject({ ref: { kind: 'detached', name: sha.slice(0, 8) }, sha });
    git(dir, 'tag', 'v1.0');
    expect(await readCheckout(dir)).toMatchObject({ ref: { kind: 'tag', name: 'v1.0' } });
  });

  it('takes project and default branch from origin, and leaves its credentials behind', async () => {
    const dir = makeRepository(temporary.fresh('dir'));
    git(dir, 'remote', 'add', 'a-fork', 'https://example.com/fork/app.git');
    git(dir, 'remote', 'add', 'origin', 'https://me:secret@example.com/group/app.git');
    git(dir, 'update-ref', 'refs/remotes/origin/develop', 'HEAD');
    git(dir, 'symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/develop');
    expect(await readCheckout(dir)).toMatchObject({
      remote: { name: 'origin', url: 'https://example.com/group/app.git' },
      project: { path: 'group/app' },
      defaultBranch: 'develop',
    });
  });

  it('takes master for the default branch where there is no main', async () => {
    const dir = makeRepository(temporary.fresh('old'));
    git(dir, 'branch', '--move', 'master');
    git(dir, 'checkout', '--quiet', '-b', 'topic');
    expect(await readCheckout(dir)).toMatchObject({ ref: { name: 'topic' }, defaultBranch: 'master' });
  });

  it('reads a linked worktree and a submodule as checkouts of their own', async () => {
    const dir = makeRepository(temporary.fresh('app'));
    const worktree = temporary.fresh('worktree');
    git(dir, 'worktree', 'add', '--quiet', '-b', 'topic', worktree);
    expect(await readCheckout(worktree)).toMatchObject({ topLevel: worktree, ref: { kind: 'branch', name: 'topic' } });
    git(dir, 'submodule', '--quiet', 'add', makeRepository(temporary.fresh('library')), 'library');
    expect(await readCheckout(join(dir, 'library'))).toMatchObject({ topLevel: join(dir, 'library') });
  });

  it('refuses what is no checkout, each with its own words', async () => {
    const dir = makeRepository(temporary.fresh('app'));
    await expect(findTopLevel(join(dir, '.git'))).rejects.toMatchObject({ code: 'not_a_checkout' });
    git(temporary.dir, 'init', '--quiet', '--bare', 'bare.git');
    await expect(findTopLevel(join(temporary.dir, 'bare.git'))).rejects.toMatchObject({ code: 'not_a_checkout' });
    await expect(findTopLevel(temporary.dir)).rejects.toMatchObject({ code: 'not_a_repository' });
  });
});
