import { expect, it } from 'vitest';
import { repositoryUrl } from './repository-url.ts';

it.each([
  ['/a/b.git/info/refs?service=git-upload-pack', '/a/b.git/info/refs?service=git-upload-pack'],
  ['/a/b/c/p.git/info/refs?service=a/b', '/a%2Fb%2Fc/p.git/info/refs?service=a/b'],
  ['/a/b/p.git/git-upload-pack', '/a%2Fb/p.git/git-upload-pack'],
  ['/a%2Fb/c/p/git-receive-pack', '/a%2Fb%2Fc/p/git-receive-pack'],
  ['/a//b/p/git-receive-pack', '/a%2F%2Fb/p/git-receive-pack'],
  ['/a/b/-/pipelines', '/a%2Fb/-/pipelines'],
  ['/a/b/c/-/jobs/7?x=/-/jobs/8', '/a%2Fb%2Fc/-/jobs/7?x=/-/jobs/8'],
])('makes one part of the namespace of %s', (given, expected) => {
  expect(repositoryUrl(given)).toBe(expected);
});

it.each([
  '/api/v4/projects/1/info/refs',
  '/-/a/b/info/refs',
  '/a/b/c.git/info/refs/heads',
  '/a/b/c?x=/info/refs',
  '/p.git/info/refs',
  '/api/v4/projects/a/-/jobs/7',
  '/-/jobs/7',
  '/a/b/-/jobsite',
  '*',
])('leaves %s alone', (url) => {
  expect(repositoryUrl(url)).toBe(url);
});
