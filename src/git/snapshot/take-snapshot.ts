import { lstatSync, mkdirSync } from 'node:fs';
import {
  type BytePath,
  copyEntry,
  createPace,
  errorCode,
  fillDirectory,
  joinPath,
  type Pace,
  showPath,
  toBytePath,
  toSystemPath,
} from '../../base/index.ts';
import { runGit } from '../process/run-git.ts';
import { describeRepository, locateRepository } from './describe-repository.ts';
import { writeGitDir } from './write-git-dir.ts';

export interface SnapshotOptions {
  readonly signal?: AbortSignal;
  /** `GIT_SUBMODULE_STRATEGY`: whose files come along; the others are empty directories. Default `none`. */
  readonly submodules?: 'none' | 'normal' | 'recursive';
}

/**
 * Copies the checkout that `dir` lies in, as it is at this moment, into the absent or empty directory `into`: tracked files with their
 * uncommitted changes and untracked ones that git does not ignore, beside a `.git` of its own (see `writeGitDir`).
 * The checkout, its index and its refs are only read; it may change meanwhile.
 * @throws Failure as `readCheckout`, and `no_space`, `target_unwritable`, `target_not_empty`, `source_unreadable`, `canceled`;
 * nothing is left in `into` then.
 */
export async function takeSnapshot(dir: string, into: string, options: SnapshotOptions = {}): Promise<void> {
  const { signal } = options;
  const pace = createPace('copying the checkout', signal);
  const repository = await locateRepository(dir, signal);
  const { topLevel } = repository;
  const [names, description] = await Promise.all([
    runGit({
      cwd: topLevel,
      args: ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
      ...(signal && { signal }),
    }),
    describeRepository(repository, signal),
  ]);
  await fillDirectory(into, 'copy the checkout to', async () => {
    const directories = await copyFiles(names.toString('latin1').split('\0'), topLevel, into, pace);
    await writeGitDir(description, into, signal);
    if (options.submodules === undefined || options.submodules === 'none') return;
    const nested = options.submodules === 'recursive' ? options : { ...options, submodules: 'none' as const };
    for (const name of directories.filter((directory) => isCheckout(joinPath(toBytePath(topLevel), directory)))) {
      const [from, to] = [joinPath(toBytePath(topLevel), name), joinPath(toBytePath(into), name)];
      await takeSnapshot(showPath(from), showPath(to), nested);
    }
  });
}

/** @returns the names that turned out to be directories, which are submodules; they were made, but not filled. */
async function copyFiles(names: readonly string[], topLevel: string, into: string, pace: Pace): Promise<string[]> {
  const [from, to] = [toBytePath(topLevel), toBytePath(into)];
  const makeParent = createParentMaker(from, to);
  const directories: string[] = [];
  const seen = new Set<string>();
  for (const name of names) {
    // A file with merge conflicts is listed several times; a name with a slash at its end is somebody's nested repository.
    if (name === '' || name.endsWith('/') || seen.has(name)) continue;
    seen.add(name);
    if (!makeParent(name)) continue;
    const kind = await copyEntry(joinPath(from, name), joinPath(to, name), pace);
    if (kind === 'directory' && makeDirectory(joinPath(to, name))) directories.push(name);
    await pace();
  }
  return directories;
}

/**
 * Makes the directory that a file needs; false when the source has no such directory any more. A directory that has meanwhile
 * become a symlink is not followed: the files that git still lists below it are gone, and what they would show lies outside.
 */
function createParentMaker(from: BytePath, to: BytePath): (name: string) => boolean {
  const made = new Map<string, boolean>([['', true]]);
  return function makeParent(name: string): boolean {
    const parent = name.slice(0, Math.max(name.lastIndexOf('/'), 0));
    const known = made.get(parent);
    if (known !== undefined) return known;
    const isMade = makeParent(parent) && isDirectory(joinPath(from, parent)) && makeDirectory(joinPath(to, parent));
    made.set(parent, isMade);
    return isMade;
  };
}

/** False: the name was something else when it was copied. Writing through it could lead out of the target. */
function makeDirectory(path: BytePath): boolean {
  try {
    mkdirSync(toSystemPath(path));
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

function isDirectory(path: BytePath): boolean {
  return lstatSync(toSystemPath(path), { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** An initialised submodule has a `.git`, mostly a file. */
function isCheckout(path: BytePath): boolean {
  return lstatSync(toSystemPath(joinPath(path, '.git')), { throwIfNoEntry: false }) !== undefined;
}
