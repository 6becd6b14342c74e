import { chmodSync, existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { commit, git, makeRepository, useTemporaryDirectory, write } from '../testing/repository.ts';
import { copyOf } from '../testing/snapshot.ts';

const temporary = useTemporaryDirectory();
afterEach(() => vi.unstubAllEnvs());

describe('git in a snapshot', () => {
  it('shows status, log, tags and differences as in a fresh clone', async () => {
    const dir = makeRepository(temporary.fresh('app'));
    git(dir, 'tag', '--annotate', '--message=One', 'v1.0');
    const sha = commit(dir, 'Second', { 'a.txt': '1' });
    git(dir, 'branch', 'feature/x', 'HEAD~1');
    write(dir, { 'README.md': 'changed', staged: '', untracked: '' });
    git(dir, 'add', 'README.md', 'staged');
    const job = await copyOf(dir, temporary);
    expect(git(job, 'status', '--porcelain').split('\n')).toEqual(['M README.md', '?? staged', '?? untracked']);
    expect(git(job, 'rev-parse', 'HEAD')).toBe(sha);
    expect(git(job, 'rev-parse', '--abbrev-ref', 'HEAD')).toBe('HEAD');
    expect(git(job, 'log', '--format=%s')).toBe('Second\nStart');
    expect(git(job, 'describe', '--tags')).toMatch(/^v1\.0-1-g/);
    expect(git(job, 'diff', '--stat')).toContain('README.md');
    expect(git(job, 'branch', '--remotes', '--format=%(refname)').split('\n')).toEqual([
      'refs/remotes/origin/feature/x',
      'refs/remotes/origin/main',
    ]);
    expect(git(job, 'fsck', '--connectivity-only')).not.toContain('error');
  });

  it('can commit and tag without the checkout seeing any of it', async () => {
    const dir = makeRepository(temporary.fresh('app'));
    const describeRefs = () => [git(dir, 'show-ref', '--head'), git(dir, 'status'), git(dir, 'count-objects')];
    const before = describeRefs();
    const job = await copyOf(dir, temporary);
    git(job, 'checkout', '--quiet', '-b', 'release');
    commit(job, 'Release', { VERSION: '2' });
    git(job, 'tag', 'v2');
    expect(describeRefs()).toEqual(before);
  });

  it('knows unchanged files by their times and need not read them', async () => {
    const dir = makeRepository(temporary.fresh('app'));
    for (const name of ['README.md', 'src/main.ts']) utimesSync(join(dir, name), 1_000_000_000, 1_000_000_000);
    git(dir, 'status');
    const job = await copyOf(dir, temporary);
    // Same size, same time, other content: only a git that trusts the times calls this clean.
    writeFileSync(join(job, 'README.md'), 'HELLO\n');
    utimesSync(join(job, 'README.md'), 1_000_000_000, 1_000_000_000);
    expect(git(job, 'status', '--porcelain')).toBe('');
  });

  it('is made without running hooks, those of the user for all repositories included', async () => {
    const dir = makeRepository(temporary.fresh('app'));
    const hooks = temporary.fresh('hooks');
    write(hooks, { 'post-index-change': `#!/bin/sh\ntouch ${hooks}/ran\n` });
    chmodSync(join(hooks, 'post-index-change'), 0o755);
    vi.stubEnv('GIT_CONFIG_COUNT', '1');
    vi.stubEnv('GIT_CONFIG_KEY_0', 'core.hooksPath');
    vi.stubEnv('GIT_CONFIG_VALUE_0', hooks);
    await copyOf(dir, temporary);
    expect(existsSync(join(hooks, 'ran'))).toBe(false);
  });

  it('has no credentials and no hooks', async () => {
    const dir = makeRepository(temporary.fresh('app'));
    git(dir, 'remote', 'add', 'origin', 'https://me:secret@example.com/group/app.git');
    git(dir, 'config', 'http.https://example.com/.extraheader', 'Authorization: secret');
    write(dir, { '.git/hooks/pre-commit': '#!/bin/sh\nexit 1\n' });
    const job = await copyOf(dir, temporary);
    expect(git(job, 'remote', 'get-url', 'origin')).toBe('https://example.com/group/app.git');
    expect(git(job, 'config', '--list', '--local')).not.toContain('secret');
    expect(existsSync(join(job, '.git/hooks'))).toBe(false);
  });

  it('reads line ends and filters as the checkout does', async () => {
    const dir = makeRepository(temporary.fresh('app'));
    git(dir, 'config', 'core.autocrlf', 'true');
    git(dir, 'config', 'filter.Odd "name".clean', 'tr a-z A-Z');
    write(dir, { 'README.md': 'hello\r\n' });
    const job = await copyOf(dir, temporary);
    expect(git(job, 'diff', '--stat')).toBe('');
    expect(git(job, 'config', 'filter.Odd "name".clean')).toBe('tr a-z A-Z');
  });

  it.each([
    ['a linked worktree', worktreeOf],
    ['a clone that borrows objects by a relative path', borrowingClone],
    ['a shallow clone', shallowClone],
    ['a repository with SHA-256', () => makeRepository(temporary.fresh('sha256'), '--object-format=sha256')],
    ['a split index', splitIndex],
    ['a sparse checkout', sparseCheckout],
    ['a checkout in the middle of a conflict', conflict],
  ])('works from %s', async (_title, make) => {
    const dir = make();
    const job = await copyOf(dir, temporary);
    expect(git(job, 'rev-parse', 'HEAD')).toBe(git(dir, 'rev-parse', 'HEAD'));
    expect(git(job, 'log', '--format=%s')).toBe(git(dir, 'log', '--format=%s'));
    const changes = git(dir, 'diff', '--name-only', 'HEAD');
    expect(git(job, 'diff', '--name-only', 'HEAD')).toBe(changes);
  });

  it('works before the first commit', async () => {
    const dir = temporary.fresh('empty');
    mkdirSync(dir, { recursive: true });
    git(dir, 'init', '--quiet');
    write(dir, { 'a.txt': '' });
    expect(git(await copyOf(dir, temporary), 'status', '--porcelain')).toBe('?? a.txt');
  });
});

function worktreeOf(): string {
  const worktree = temporary.fresh('worktree');
  git(makeRepository(temporary.fresh('app')), 'worktree', 'add', '--quiet', '-b', 'topic', worktree);
  commit(worktree, 'On topic', { 'topic.txt': '' });
  return worktree;
}

function borrowingClone(): string {
  const origin = makeRepository(temporary.fresh('origin'));
  const clone = temporary.fresh('clone');
  mkdirSync(dirname(clone), { recursive: true });
  git(temporary.dir, 'clone', '--quiet', '--shared', origin, clone);
  const alternates = join(clone, '.git/objects/info/alternates');
  writeFileSync(alternates, `# borrowed\n../../../../${origin.slice(temporary.dir.length + 1)}/.git/objects\n`);
  git(clone, 'fsck');
  return clone;
}

function shallowClone(): string {
  const origin = makeRepository(temporary.fresh('origin'));
  commit(origin, 'Second', { 'a.txt': '' });
  const clone = temporary.fresh('clone');
  git(temporary.dir, 'clone', '--quiet', '--depth=1', `file://${origin}`, clone);
  return clone;
}

function splitIndex(): string {
  const dir = makeRepository(temporary.fresh('app'));
  git(dir, 'update-index', '--split-index');
  commit(dir, 'Second', { 'a.txt': '' });
  return dir;
}

function sparseCheckout(): string {
  const dir = makeRepository(temporary.fresh('app'));
  commit(dir, 'Second', { 'docs/a.txt': '' });
  git(dir, 'sparse-checkout', 'set', 'src');
  expect(existsSync(join(dir, 'docs'))).toBe(false);
  return dir;
}

function conflict(): string {
  const dir = makeRepository(temporary.fresh('app'));
  git(dir, 'checkout', '--quiet', '-b', 'topic');
  commit(dir, 'Theirs', { 'README.md': 'theirs\n' });
  git(dir, 'checkout', '--quiet', 'main');
  commit(dir, 'Ours', { 'README.md': 'ours\n' });
  expect(() => git(dir, 'merge', 'topic')).toThrow();
  return dir;
}
