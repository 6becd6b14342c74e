import { closeSync, constants, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, Failure, openRegularFile } from '../../base/index.ts';

/** For the lines that say that, and why, the script is over. */
const WORDS = { name: 'reserve.words', bytes: 64 * 1024 };
/** For after_script, the rest of the journal, and the log. */
const WORK = { name: 'reserve', bytes: 1024 * 1024 };

/** For files that a cleanup makes: a claim, a log, a pipe or two. Space alone does not help where inodes are used up. */
const FILE_NAMES = Array.from({ length: 16 }, (_, index) => `reserve.${index}`);

/**
 * Sets disk space aside before a cleanup can be owed, so that a script which fills the disk cannot take the room that its own
 * after_script, its journal and its log need.
 * @throws Failure `no_space`: nothing has run, nothing is owed.
 */
export function holdReserve(directory: string): void {
  try {
    for (const { name, bytes } of [WORDS, WORK]) hold(join(directory, name), bytes);
    for (const name of FILE_NAMES) hold(join(directory, name), 0);
  } catch (cause) {
    releaseReserve(directory);
    throw new Failure('no_space', `cannot set 1 MiB aside for the cleanup in ${directory} (${errorCode(cause)})`, {
      cause,
    });
  }
}

/** A script of another job may have put a pipe there, at which one would wait for ever. */
function hold(path: string, bytes: number): void {
  const fd = openRegularFile(path, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC, 0o600);
  try {
    writeFileSync(fd, Buffer.alloc(bytes));
  } finally {
    closeSync(fd);
  }
}

/** Gives back what the journal's next lines need, while a script that takes every free byte may still be alive. */
export function releaseWords(directory: string): void {
  release(directory, WORDS.name);
}

/** Gives everything back: nothing of the script is left that could take it. */
export function releaseReserve(directory: string): void {
  for (const name of [WORDS.name, WORK.name, ...FILE_NAMES]) release(directory, name);
}

/** What cannot be given back (the directory is closed to us, the disk is read-only, a script put a directory there) is missing then, and no reason to give up. */
function release(directory: string, name: string): void {
  try {
    rmSync(join(directory, name), { force: true });
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
  }
}
