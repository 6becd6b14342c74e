import { describe, expect, it } from 'vitest';
import { projectOf, withoutCredentials } from './parse-remote.ts';

describe('projectOf', () => {
  it.each([
    ['https://example.com/group/app.git', 'group', 'app'],
    ['https://me:secret@example.com/group/sub/app.git/', 'group/sub', 'app'],
    ['git@example.com:group/app.git', 'group', 'app'],
    ['example.com:group/app', 'group', 'app'],
    ['ssh://git@example.com:2222/group/app', 'group', 'app'],
    ['https://example.com/app.git?private_token=x', 'local', 'app'],
    ['/srv/git/group/app.git', 'local', 'my-dir'],
    ['../app.git', 'local', 'my-dir'],
    ['file:///srv/git/app.git', 'local', 'my-dir'],
    [null, 'local', 'my-dir'],
  ])('reads %s', (url, namespace, name) => {
    expect(projectOf(url, 'my dir')).toEqual({ path: `${namespace}/${name}`, namespace, name });
  });
});

describe('withoutCredentials', () => {
  it.each([
    ['https://me:secret@example.com/a.git', 'https://example.com/a.git'],
    ['https://token@example.com/a.git', 'https://example.com/a.git'],
    ['https://example.com/a.git?private_token=x', 'https://example.com/a.git'],
    ['ssh://git:secret@example.com/a.git', 'ssh://git@example.com/a.git'],
    ['ssh://git@example.com/a@b.git', 'ssh://git@example.com/a@b.git'],
    ['git@example.com:a.git', 'git@example.com:a.git'],
    ['/srv/a@b.git', '/srv/a@b.git'],
  ])('%s becomes %s', (url, clean) => {
    expect(withoutCredentials(url)).toBe(clean);
  });
});
