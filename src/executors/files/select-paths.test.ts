import { describe, expect, it } from 'vitest';
import { compileSelection } from './select-paths.ts';

const select = (paths: readonly string[], exclude: readonly string[] = []) =>
  compileSelection({ paths, exclude, untracked: false }, '/project');

describe('selecting paths', () => {
  it.each([
    ['*', ['a', '.a', 'a b', '\na', 'a\n'], ['a/b']],
    ['a?c', ['abc'], ['a/c', 'ac']],
    ['**/c', ['c', 'a/c', 'a/b/c'], ['cc', 'a/c/d']],
    ['a/**', ['a', 'a/b', 'a/b/.c'], ['b']],
    ['a/**/c', ['a/c', 'a/b/b/c'], ['c']],
    ['[ab]', ['a', 'b'], ['c', 'ab']],
    ['[^ab]', ['c'], ['a']],
    ['[!ab]', ['c'], ['b']],
    ['{a,b/c}.o', ['a.o', 'b/c.o'], ['b.o']],
    ['a\\*', ['a*'], ['ab']],
    ['report (1).txt', ['report (1).txt'], ['report 1.txt']],
    ['(a|b)', ['(a|b)'], ['a', 'b']],
    ['c++/@(x)/!a', ['c++/@(x)/!a'], ['cc/x/b']],
    ['./a//b/', ['a/b'], ['a']],
    ['/project/a/*', ['a/b'], ['b']],
    ['.', ['', 'a'], []],
    ['/project', ['', 'a'], []],
    ['../project/a', [], ['a', '']],
    ['a/../b', [], ['b']],
    ['/projects/a', [], ['a', 's/a']],
    ['/', [], ['', 'a']],
  ])('%j', (pattern, selected, passedOver) => {
    const test = select([pattern]);
    expect(selected.filter((path) => !test.selects(path))).toEqual([]);
    expect(passedOver.filter((path) => test.selects(path))).toEqual([]);
  });

  it.each([
    ['a/b/c', ['', 'a', 'a/b'], ['b', 'a/c', 'ab']],
    ['a/*/c', ['', 'a', 'a/x'], ['b', 'a/x/y']],
    ['*.txt', [''], ['a']],
    ['**/c', ['', 'a', 'a/b/c/d'], []],
    ['a/**', ['', 'a', 'a/b/c'], ['b']],
    ['{a/b,c}/d', ['', 'a', 'a/b', 'c'], []],
    ['a (1)/*', ['', 'a (1)'], ['a']],
  ])('%j is only looked for where it can be', (pattern, may, cannot) => {
    const test = select([pattern]);
    expect(may.filter((directory) => !test.mayContain(directory))).toEqual([]);
    expect(cannot.filter((directory) => test.mayContain(directory))).toEqual([]);
  });

  it('is quick where a pattern and a name were made to be slow', () => {
    const slow = `**/${'*a'.repeat(40)}b`;
    const test = select(
      [slow, `${'{a*,a*}'.repeat(9)}b`, '{a,b}'.repeat(20), '**/a/'.repeat(40)],
      [`{${slow},${slow}}`],
    );
    const [name, deep] = ['a'.repeat(250), 'a/'.repeat(500)];
    expect([test.selects(`${name}c`), test.selects(`${deep}b`), test.excludes(name)]).toEqual([false, false, false]);
  });

  it('takes nothing that may be excluded by a pattern of which nobody can look at the whole', () => {
    const test = select(['a'], ['{a,b}'.repeat(20)]);
    expect(test.excludes('a')).toBe(true);
  });

  it('knows directories of which exclude leaves nothing', () => {
    const test = select(['**'], ['node_modules/**', '**/cache/**/*', 'tmp', 'a/*.o']);
    expect(['node_modules', 'cache', 'x/cache'].filter((directory) => !test.excludesAllBelow(directory))).toEqual([]);
    expect(['tmp', 'a', 'x'].filter((directory) => test.excludesAllBelow(directory))).toEqual([]);
    expect(['node_modules', 'x/cache/y', 'tmp', 'a/b.o'].filter((path) => !test.excludes(path))).toEqual([]);
    expect(['cache', 'tmp/x', 'a/b.c'].filter((path) => test.excludes(path))).toEqual([]);
  });
});
