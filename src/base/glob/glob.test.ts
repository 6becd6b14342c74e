import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileGlob } from './glob.ts';

describe('compileGlob', () => {
  // Every row was checked with Ruby's File.fnmatch and the flags that GitLab gives it.
  it.each([
    ['README.md', 'README.md', true],
    ['*', '.hidden', true],
    ['*', 'a/b', false],
    ['*.{js,ts}', 'x.ts', true],
    ['docs/*', 'docs/a/b', false],
    ['docs/**/*', 'docs/a/b', true],
    ['docs/**/*', 'docs/a', true],
    ['docs/**', 'docs/a', true],
    ['docs/**', 'docs/a/b', false],
    ['**/*', 'a/b/c', true],
    ['**/*.rb', 'a.rb', true],
    ['**.rb', 'a/b.rb', false],
    ['a/**/b', 'a/b', true],
    ['a/**/b', 'a/x/y/b', true],
    ['**/a', '.x/a', true],
    ['***/a', 'b/c/a', false],
    ['a**/b', 'ax/b', true],
    ['{a,{b,c}}/*', 'c/x', true],
    ['{a/b,c}/d', 'a/b/d', true],
    ['{,a}b', 'b', true],
    ['{**/x,y}', 'q/x', true],
    ['\\{a,b}', '{a,b}', true],
    ['a{b', 'a{b', false],
    ['a}', 'a}', true],
    ['[a-c]', 'b', true],
    ['[!a]', 'a', false],
    ['[^a]', 'b', true],
    ['[a-', 'a', false],
    ['[]a]', ']', false],
    ['[a\\]]', ']', true],
    ['[a-c-z]', '-', true],
    ['[/]', '/', false],
    ['?', '/', false],
    ['é?', 'é😀', true],
    ['a\\*', 'a*', true],
    ['a\\*', 'ab', false],
    ['a\\', 'a', true],
    ['./a', 'a', false],
    ['a/', 'a', false],
    ['', '', true],
  ])('%j against %j is %s', (pattern, path, expected) => {
    expect(compileGlob(pattern)(path)).toBe(expected);
  });

  it('agrees with a naive matcher', () => {
    const pattern = fc.array(fc.constantFrom('a', 'b', '*', '?', '/', '**/', '[ab]', '[^a]', '.'), { maxLength: 8 });
    const path = fc.array(fc.constantFrom('a', 'b', '/', '.'), { maxLength: 8 });
    fc.assert(
      fc.property(pattern, path, (pieces, letters) => {
        expect(compileGlob(pieces.join(''))(letters.join(''))).toBe(naive(pieces.join(''), letters.join(''), true));
      }),
      { numRuns: 3000 },
    );
  });

  it('stays quick where naive matching is exponential', () => {
    expect(compileGlob(`${'*a'.repeat(40)}b`)('a'.repeat(500))).toBe(false);
    expect(compileGlob(`${'**/a/'.repeat(40)}b`)('a/'.repeat(500))).toBe(false);
  });

  it('counts as matching when its braces mean more than a thousand patterns', () => {
    expect(compileGlob('{a,b}'.repeat(12))('no')).toBe(true);
  });
});

/** The definition, spelled out: try everything. `atStart`: a path segment begins here. */
function naive(pattern: string, path: string, atStart: boolean): boolean {
  if (pattern === '') return path === '';
  if (atStart && pattern.startsWith('**/')) {
    const slash = path.indexOf('/');
    return naive(pattern.slice(3), path, true) || (slash !== -1 && naive(pattern, path.slice(slash + 1), true));
  }
  const head = pattern.startsWith('[') ? pattern.slice(0, pattern.indexOf(']') + 1) : pattern.charAt(0);
  const rest = pattern.slice(head.length);
  if (head === '*') {
    return naive(rest, path, false) || (path !== '' && path[0] !== '/' && naive(pattern, path.slice(1), false));
  }
  const [first] = path;
  if (first === undefined) return false;
  if (head === '/') return first === '/' && naive(rest, path.slice(1), true);
  const isInside = head === '[ab]' ? first === 'a' || first === 'b' : first !== 'a';
  const matches = head === '?' ? first !== '/' : head.length > 1 ? isInside && first !== '/' : head === first;
  return matches && naive(rest, path.slice(1), false);
}
