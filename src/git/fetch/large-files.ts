import { accessSync, constants, lstatSync, readFileSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import type { IndexEntry } from './read-index.ts';

const found = new Map<string, boolean>();

/** Whether git-lfs is there, once for each PATH. */
export function hasGitLfs(path: string): boolean {
  const known = found.get(path);
  if (known !== undefined) return known;
  const isThere = path.split(delimiter).some((directory) => isExecutable(join(directory, 'git-lfs')));
  found.set(path, isThere);
  return isThere;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Whether any `.gitattributes` hands files to git-lfs. To ask it costs more than to look. */
export function usesLargeFiles(directory: string, entries: readonly IndexEntry[]): boolean {
  return entries
    .filter(({ path }) => basename(path) === '.gitattributes')
    .map(({ path }) => join(directory, path))
    .some(
      (path) =>
        lstatSync(path, { throwIfNoEntry: false })?.isFile() && readFileSync(path, 'utf8').includes('filter=lfs'),
    );
}
