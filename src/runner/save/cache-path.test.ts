import { expect, it } from 'vitest';
import { cachePath } from './cache-path.ts';

it.each([
  ['default', 'default'],
  ['build/main', 'build/main'],
  ['a%2Fb%2e%2e\\c', 'a/b../c'],
  ['../../etc', 'etc'],
  ['%2e%2e/x/../y', 'y'],
  ['/abs//key/ ', 'abs/key'],
  ['key \t', 'key'],
])('the key %j lies in %j', (key, folder) => {
  expect(cachePath('/cache', 'group/app', key)).toBe(`/cache/group/app/${folder}/cache.zip`);
});

it.each(['', '..', ' / ', '%2e', '\0'])('the key %j names nothing', (key) => {
  expect(cachePath('/cache', 'group/app', key)).toBeNull();
});
