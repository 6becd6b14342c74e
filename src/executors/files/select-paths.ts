import { isAbsolute, relative, sep } from 'node:path';
import picomatch from 'picomatch';
import type { FileSelection } from '../executor.ts';

/** What a walk asks about a path. Paths are relative, `/`-separated; the project directory itself is ''. */
export interface PathTest {
  /** Matches a pattern. For a directory this selects all below it. */
  selects(path: string): boolean;
  /** Something below this directory may still match; else the walk stays out of it. */
  mayContain(directory: string): boolean;
  excludes(path: string): boolean;
  /** Nothing below this directory escapes `exclude`. */
  excludesAllBelow(directory: string): boolean;
}

/** As GitLab's globs: `*`, `?`, `[a]`, `[!a]`, `[^a]`, `{a,b}`, `**`, `\` escapes; dotfiles are files like others. */
const OPTIONS: picomatch.PicomatchOptions = { dot: true, noextglob: true, nonegate: true, windows: false };

export function compileSelection(selection: FileSelection, projectDir: string): PathTest {
  const wanted = selection.paths.flatMap((path) => normalise(path, projectDir)).map(compilePattern);
  const exclude = selection.exclude.flatMap((path) => normalise(path, projectDir));
  const excluded = exclude.map((pattern) => picomatch(pattern, OPTIONS));
  const wholeTrees = exclude.flatMap((pattern) => /^(.+?)\/\*\*(?:\/\*)?$/.exec(pattern)?.[1] ?? []);
  const excludedTrees = wholeTrees.map((pattern) => picomatch(pattern, OPTIONS));
  return {
    selects: (path) => wanted.some((pattern) => pattern.matches(path)),
    mayContain: (directory) => wanted.some((pattern) => pattern.mayContain(directory)),
    excludes: (path) => excluded.some((matches) => matches(path)),
    excludesAllBelow: (directory) => excludedTrees.some((matches) => matches(directory)),
  };
}

/** Empty for a pattern that leads out of the project directory: it selects nothing. */
function normalise(pattern: string, projectDir: string): readonly string[] {
  const inside = isAbsolute(pattern) ? relative(projectDir, pattern) : pattern;
  const segments = inside.split(sep).filter((segment) => segment !== '' && segment !== '.');
  if (segments.includes('..') || isAbsolute(inside)) return [];
  return [quoteExtensions(segments.join('/'))];
}

/** Characters that mean something to picomatch alone, such as the parentheses of `report (1).txt`. */
function quoteExtensions(pattern: string): string {
  return pattern.replace(/\\.|\[!|[()|+@!]/g, (part) => (part === '[!' ? '[^' : part.length > 1 ? part : `\\${part}`));
}

function compilePattern(pattern: string): { matches(path: string): boolean; mayContain(directory: string): boolean } {
  if (pattern === '') return { matches: () => true, mayContain: () => true };
  const { base, isGlob } = picomatch.scan(pattern, { ...OPTIONS, unescape: true });
  const prefix = base === '' || base === '.' ? '' : `${base}/`;
  // A brace may hold slashes; without one and without `**` a pattern matches at one depth only.
  const depth = /\*\*|\{/.test(pattern) ? Number.POSITIVE_INFINITY : pattern.split('/').length;
  return {
    matches: picomatch(pattern, OPTIONS),
    mayContain(directory) {
      if (directory === '') return true;
      const below = `${directory}/`;
      if (prefix.startsWith(below)) return true;
      return isGlob && below.startsWith(prefix) && directory.split('/').length < depth;
    },
  };
}
