import { expect, it } from 'vitest';
import { repositoryUrl } from './repository-url.ts';

it.each([
  ['/a/b.git/info/refs?service=git-upload-pack', '/a/b.git/info/refs?service=git-upload-pack'],
  ['/a/b/c/p.git/info/refs?service=a/b', '/a%2Fb%2Fc/p.git/info/refs?service=a/b'],
  ['/a/b/p.git/git-upload-pack', '/a%2Fb/p.git/git-upload-pack'],
  ['/a%2Fb/c/p/git-receive-pack', '/a%2Fb%2Fc/p/git-receive-pack'],
  ['/a//b/p/git-receive-pack', '/a%2F%2Fb/p/git-receive-pack'],
])('makes one part of the namespace of %s', (given, expected) => {
  expect(repositoryUrl(given)).toBe(expected);
});

it.each([
  '/api/v4/projects/1/info/refs',
  '/-/a/b/info/refs',
  '/a/b/c.git/info/refs/heads',
  '/a/b/c?x=/info/refs',
  '/p.git/info/refs',
  '*',
])('leaves %s alone', (url) => {
  expect(repositoryUrl(url)).toBe(url);
});

it('takes its time with no address', () => {
  const started = process.cpuUsage();
  repositoryUrl(`/${'a/'.repeat(8_000)}info/refs/`);
  repositoryUrl(`/${'info/refs/'.repeat(1_600)}`);
  expect(process.cpuUsage(started).user).toBeLessThan(500_000);
});
