import { describe, expect, it } from 'vitest';
import { isRefName, requireRevision, resolveRevision } from '../index.ts';
import { makeBare } from '../testing/bare.ts';
import { commit, git, useTemporaryDirectory } from '../testing/repository.ts';

const temporary = useTemporaryDirectory();

describe('resolveRevision', () => {
  it('finds branches, tags with and without a message, refs in full, HEAD and shas of any length', async () => {
    const { repository, work, push } = await makeBare(temporary);
    const sha = git(work, 'rev-parse', 'HEAD');
    git(work, 'tag', 'v1');
    git(work, 'tag', '-a', '-m', 'Two', 'v2');
    git(work, 'branch', 'feature/ä b'.replace(' ', '-'));
    push('v1', 'v2', 'feature/ä-b', 'main:refs/pipelines/7');
    const find = (text: string) => resolveRevision(repository, text);
    expect(await find('main')).toEqual({ sha, kind: 'branch', name: 'main' });
    expect(await find('refs/heads/main')).toEqual({ sha, kind: 'branch', name: 'main' });
    expect(await find('feature/ä-b')).toEqual({ sha, kind: 'branch', name: 'feature/ä-b' });
    expect(await find('v1')).toEqual({ sha, kind: 'tag', name: 'v1' });
    expect(await find('v2')).toEqual({ sha, kind: 'tag', name: 'v2' });
    expect(await find('refs/tags/v2')).toEqual({ sha, kind: 'tag', name: 'v2' });
    expect(await find('refs/pipelines/7')).toEqual({ sha, kind: 'other', name: 'refs/pipelines/7' });
    expect(await find('HEAD')).toEqual({ sha, kind: 'other', name: 'HEAD' });
    expect(await find(sha)).toEqual({ sha, kind: 'commit', name: null });
    expect(await find(sha.slice(0, 8))).toEqual({ sha, kind: 'commit', name: null });
    expect(await find('pipelines/7')).toBeNull();
  });

  it('takes a branch before a tag, a name before the start of a sha, and a full sha before all', async () => {
    const { repository, work, push } = await makeBare(temporary);
    const old = git(work, 'rev-parse', 'HEAD');
    const sha = commit(work, 'Next');
    git(work, 'tag', 'same', old);
    git(work, 'branch', 'same', sha);
    const short = old.slice(0, 8);
    push('refs/heads/same', 'refs/tags/same', `HEAD:refs/heads/${short}`, `HEAD:refs/heads/${old}`);
    expect(await resolveRevision(repository, 'same')).toMatchObject({ sha, kind: 'branch' });
    expect(await resolveRevision(repository, short)).toMatchObject({ sha, kind: 'branch' });
    expect(await resolveRevision(repository, old)).toMatchObject({ sha: old, kind: 'commit' });
  });

  it.each(
    [
      [
        '',
        '-',
        '--all',
        '-x',
        '--output=/tmp/x',
        '..',
        'a..b',
        'main..',
        '^main',
        'main^',
        'main~1',
        'main@{1}',
        '@{-1}',
        '@',
        ':/Start',
      ],
      [
        'main:README.md',
        ':README.md',
        'main\n',
        'main\0',
        'ma in',
        '\u0001',
        'main\\',
        '[main]',
        'm*',
        'm?in',
        '/main',
        'main/',
        'a//b',
      ],
      [
        '../../HEAD',
        'refs/heads/../heads/main',
        'main.lock',
        '.main',
        'main.',
        'FETCH_HEAD',
        'config',
        'head',
        'x'.repeat(5000),
        'dead',
      ],
    ].flat(),
  )('finds nothing for %j', async (text) => {
    const { repository } = await shared();
    expect(await resolveRevision(repository, text)).toBeNull();
    await expect(requireRevision(repository, text)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('finds no blob and no tree, and nothing in an empty repository', async () => {
    const { repository, work } = await makeBare(temporary);
    expect(await resolveRevision(repository, git(work, 'rev-parse', 'HEAD:README.md'))).toBeNull();
    expect(await resolveRevision(repository, git(work, 'rev-parse', 'HEAD^{tree}'))).toBeNull();
    git(repository.gitDir, 'update-ref', '-d', 'refs/heads/main');
    expect(await resolveRevision(repository, 'HEAD')).toBeNull();
    expect(await resolveRevision(repository, 'main')).toBeNull();
  });
});

let made: ReturnType<typeof makeBare> | undefined;
function shared(): ReturnType<typeof makeBare> {
  made ??= makeBare(temporary);
  return made;
}

it('knows names as git does', () => {
  const names = [
    'a',
    'a/b',
    'ä',
    '1',
    'a-',
    'a@b',
    '{',
    'a{b}',
    '-a',
    'a..b',
    'a b',
    'a/.b',
    'a.lock',
    'a.lock/b',
    'a@{',
    'a\u007f',
    'a.',
  ];
  const asGit = names.filter((name) => isGitName(name));
  expect(names.filter(isRefName)).toEqual(asGit);
});

function isGitName(name: string): boolean {
  try {
    git(temporary.dir, 'check-ref-format', '--branch', name);
    return true;
  } catch {
    return false;
  }
}
