import { expect, it } from 'vitest';
import { fitsPattern, isProtectedRef } from './protected-ref.ts';

it('takes a star in a rule for any text', () => {
  expect(['release/1', 'release/', 'release'].map((name) => fitsPattern(name, 'release/*'))).toEqual([
    true,
    true,
    false,
  ]);
  expect(['a-b-c', 'ac', 'abc', 'a'].map((name) => fitsPattern(name, 'a*b*c'))).toEqual([true, false, true, false]);
  expect(fitsPattern('aa', 'a*a*a')).toBe(false);
  expect(fitsPattern('a.b', 'a.b')).toBe(true);
  expect(fitsPattern('axb', 'a.b')).toBe(false);
});

it('tells branches from tags', () => {
  const project = { protectedRefs: [{ kind: 'tag', pattern: 'v*' }] } as const;
  expect(isProtectedRef(project, { name: 'v1', kind: 'tag' })).toBe(true);
  expect(isProtectedRef(project, { name: 'v1', kind: 'branch' })).toBe(false);
});
