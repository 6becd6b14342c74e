// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are CI variables.
import { describe, expect, it } from 'vitest';
import { createConditionCache } from '../condition-cache.ts';
import { holdsChanges, holdsExists, type PathContext, type PathSource } from './match-paths.ts';

const UNKNOWN: PathSource = { kind: 'unknown' };

function context(changed: PathSource, existing: PathSource = UNKNOWN): PathContext {
  return {
    variables: (name) => ({ DIR: 'src', BASE: 'main' })[name],
    files: { changed: () => changed, existing: () => existing },
    cache: createConditionCache(),
  };
}

function paths(...list: readonly string[]): PathSource {
  return { kind: 'paths', paths: list };
}

describe('holdsChanges', () => {
  it('holds when the changes are unknown, whatever the patterns are', () => {
    expect(holdsChanges({ paths: ['x'], compareTo: null }, context(UNKNOWN))).toBe(true);
    expect(holdsChanges({ paths: [], compareTo: null }, context(UNKNOWN))).toBe(true);
  });

  it('does not hold when nothing changed', () => {
    expect(holdsChanges({ paths: ['**/*'], compareTo: null }, context(paths()))).toBe(false);
  });

  it('expands variables in patterns and in compare_to', () => {
    const asked: (string | null)[] = [];
    const base = context(paths('src/a.ts'));
    const spied = {
      ...base,
      files: {
        ...base.files,
        changed: (compareTo: string | null) => {
          asked.push(compareTo);
          return paths('src/a.ts');
        },
      },
    };
    expect(holdsChanges({ paths: ['$DIR/*.ts'], compareTo: 'refs/heads/${BASE}' }, spied)).toBe(true);
    expect(holdsChanges({ paths: ['$OTHER/*.ts'], compareTo: null }, spied)).toBe(false);
    expect(asked).toEqual(['refs/heads/main', null]);
  });

  it('holds without a look above 50,000 comparisons', () => {
    const many = paths(...Array.from({ length: 25_001 }, (_, index) => `f${index}`));
    expect(holdsChanges({ paths: ['x*', 'y*'], compareTo: null }, context(many))).toBe(true);
    expect(holdsChanges({ paths: ['x*'], compareTo: null }, context(many))).toBe(false);
  });

  it('passes on what is wrong with compare_to', () => {
    const broken = context({ kind: 'error', message: 'no such ref' });
    expect(holdsChanges({ paths: ['x'], compareTo: 'gone' }, broken)).toEqual({ error: 'no such ref' });
  });
});

describe('holdsExists', () => {
  const clause = (...globs: readonly string[]) => ({ paths: globs, project: null, ref: null });

  it.each([
    ['Dockerfile', true],
    ['**/*.go', true],
    ['cmd/*.go', true],
    ['*.go', false],
    ['cmd', false],
    ['$DIR/x', true],
  ])('looks for %s', (glob, expected) => {
    const files = paths('Dockerfile', 'cmd/main.go', 'src/x');
    expect(holdsExists(clause(glob), context(UNKNOWN, files))).toBe(expected);
  });

  it('is exact about names and endings in a repository of any size', () => {
    const many = paths(...Array.from({ length: 60_000 }, (_, index) => `f${index}.c`));
    expect(holdsExists(clause('Dockerfile', '**/*.go'), context(UNKNOWN, many))).toBe(false);
    expect(holdsExists(clause('f59999.c'), context(UNKNOWN, many))).toBe(true);
    expect(holdsExists(clause('x*'), context(UNKNOWN, many))).toBe(true);
  });
});
