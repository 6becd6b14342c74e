import { isAbsolute, relative, sep } from 'node:path';
import { compileGlob, type GlobMatcher } from '../../base/index.ts';
import type { FileSelection } from '../executor.ts';

/** What a walk asks about a path. Paths are relative, `/`-separated; the project directory itself is ''. */
export interface PathTest {
  /** Matches a pattern. For a directory this selects all below it. */
  selects(path: string): boolean;
  /** Something below this directory may still match; else the walk stays out of it. */
  mayContain(directory: string): boolean;
  /** A pattern names this path outright as a directory on its way: `a` for `a/b` and `a/*`, but not for `*` and `**`. */
  leadsThrough(path: string): boolean;
  excludes(path: string): boolean;
  /** Nothing below this directory escapes `exclude`. */
  excludesAllBelow(directory: string): boolean;
  /** Where the patterns begin, as far as they are fixed: nothing is selected but what is one of these, or lies below it. */
  readonly starts: readonly Start[];
}

export interface Start {
  readonly path: string;
  /** The pattern goes on below it; else it names this path and no other. */
  readonly goesOn: boolean;
}

export function compileSelection(selection: FileSelection, projectDir: string): PathTest {
  const wanted = selection.paths.flatMap((path) => normalise(path, projectDir)).map(compilePattern);
  const exclude = selection.exclude.flatMap((path) => normalise(path, projectDir));
  const excluded = exclude.map((pattern) => matcherOf(pattern, true));
  const wholeTrees = exclude.flatMap((pattern) => /^(.+?)\/\*\*(?:\/\*)?$/.exec(pattern)?.[1] ?? []);
  const excludedTrees = wholeTrees.map((pattern) => matcherOf(pattern, true));
  return {
    selects: (path) => wanted.some((pattern) => pattern.matches(path)),
    mayContain: (directory) => wanted.some((pattern) => pattern.mayContain(directory)),
    leadsThrough: (path) => wanted.some((pattern) => pattern.leadsThrough(path)),
    excludes: (path) => excluded.some((matches) => matches(path)),
    excludesAllBelow: (directory) => excludedTrees.some((matches) => matches(directory)),
    starts: wanted.map(({ start }) => start),
  };
}

/**
 * As GitLab's globs; dotfiles are files like others, and so are those with a line feed in their name.
 * @param tooMany what a pattern says of every path that means more than can be looked at: nothing is taken that may be excluded.
 */
function matcherOf(pattern: string, tooMany: boolean): GlobMatcher {
  const matches = compileGlob(pattern, { crossesAtEnd: true, tooMany });
  return (path) => path !== '' && matches(path);
}

/** Empty for a pattern that leads out of the project directory: it selects nothing. */
function normalise(pattern: string, projectDir: string): readonly string[] {
  const inside = isAbsolute(pattern) ? relative(projectDir, pattern) : pattern;
  const segments = inside.split(sep).filter((segment) => segment !== '' && segment !== '.');
  if (segments.includes('..') || isAbsolute(inside)) return [];
  return [segments.join('/')];
}

interface Pattern {
  matches(path: string): boolean;
  mayContain(directory: string): boolean;
  leadsThrough(path: string): boolean;
  readonly start: Start;
}

const TOP: Start = { path: '', goesOn: true };

function compilePattern(pattern: string): Pattern {
  if (pattern === '') return { matches: () => true, mayContain: () => true, leadsThrough: () => false, start: TOP };
  const segments = pattern.split('/');
  const globAt = segments.findIndex((segment) => /[*?[{]/.test(segment.replace(/\\./gs, '')));
  const isGlob = globAt !== -1;
  const base = (isGlob ? segments.slice(0, globAt) : segments).map((segment) => segment.replace(/\\(.)/gs, '$1'));
  const prefix = base.map((segment) => `${segment}/`).join('');
  // A brace may hold slashes; without one and without `**` a pattern matches at one depth only.
  const depth = /\*\*|\{/.test(pattern) ? Number.POSITIVE_INFINITY : segments.length;
  return {
    start: { path: base.join('/'), goesOn: isGlob },
    matches: matcherOf(pattern, false),
    leadsThrough: (path) => prefix.startsWith(`${path}/`) && (isGlob || prefix !== `${path}/`),
    mayContain(directory) {
      if (directory === '') return true;
      const below = `${directory}/`;
      if (prefix.startsWith(below)) return true;
      return isGlob && below.startsWith(prefix) && directory.split('/').length < depth;
    },
  };
}
