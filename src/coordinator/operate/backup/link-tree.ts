import { constants, copyFileSync, type Dirent, linkSync, lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { type BytePath, errorCode, joinPath, toSystemPath } from '../../../base/index.ts';

/**
 * Shows below `to` what lies below `from`, without copying: a second name for each file, which keeps it when the first one goes. Safe for
 * files that are never changed in place, or only grow. May be called again for what came since. Where names cannot be had (another file
 * system), files are copied.
 * @param isWanted names that are taken, at every level.
 * @returns whether all that was listed was still there when its turn came.
 */
export function linkTree(from: BytePath, to: BytePath, isWanted: (name: string) => boolean = () => true): boolean {
  const entries = listDirectory(from);
  if (entries === null) return false;
  mkdirSync(toSystemPath(to), { recursive: true, mode: 0o700 });
  let isWhole = true;
  for (const entry of entries) {
    if (!isWanted(entry.name)) continue;
    const [source, link] = [joinPath(from, entry.name), joinPath(to, entry.name)];
    if (entry.isDirectory()) isWhole = linkTree(source, link, isWanted) && isWhole;
    else if (entry.isFile()) isWhole = linkFile(source, link) && isWhole;
  }
  return isWhole;
}

/** @returns false: it is gone. */
export function linkFile(from: BytePath, to: BytePath): boolean {
  const [source, link] = [toSystemPath(from), toSystemPath(to)];
  try {
    return nameFile(source, link);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    if (isSame(source, link)) return true;
    // Replaced since it was linked. Nobody else makes names in a backup: once is enough.
    rmSync(link);
    return nameFile(source, link);
  }
}

function nameFile(source: Buffer, link: Buffer): boolean {
  try {
    linkSync(source, link);
    return true;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT') return false;
    if (code === 'EEXIST') throw error;
    return copyFile(source, link);
  }
}

/** Null: there is none. Names are bytes. */
export function listDirectory(path: BytePath): readonly Dirent[] | null {
  try {
    return readdirSync(toSystemPath(path), { encoding: 'latin1', withFileTypes: true });
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

function copyFile(source: Buffer, link: Buffer): boolean {
  try {
    copyFileSync(source, link, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

function isSame(source: Buffer, link: Buffer): boolean {
  const found = lstatSync(source, { throwIfNoEntry: false });
  const known = lstatSync(link);
  // Gone: what is known is all that there ever was.
  return found === undefined || (found.ino === known.ino && found.dev === known.dev);
}
