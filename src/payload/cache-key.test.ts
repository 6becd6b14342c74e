import { expect, it } from 'vitest';
import { cacheKey } from './cache-key.ts';

const files: Readonly<Record<string, string>> = { 'a.lock': 'A', 'b.lock': 'B' };
const read = (path: string) => {
  const text = files[path];
  return text === undefined ? null : Buffer.from(text);
};

it.each([
  ['text', [], 'text'],
  ['', ['a.lock'], '6dcd4ce23d88e2ee9568ba546c007c63d9131c1b'],
  ['', ['a.lock', 'none', 'b.lock'], '06d945942aa26a61be18c3e22bf19bbca8dd2b5d'],
  ['deps', ['a.lock'], 'deps-6dcd4ce23d88e2ee9568ba546c007c63d9131c1b'],
  ['deps', ['none'], 'deps-default'],
])('the key %j with files %j is %s', (key, keyFiles, expected) => {
  expect(cacheKey({ key, keyFiles }, read)).toBe(expected);
});
