import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { errorCode } from '../failure.ts';

/**
 * Opens a file that a script may have put something else in the place of. Never waits: to open a pipe, or to read a terminal, could take for
 * ever. The flags are those of the system (`constants.O_…`).
 * @throws the system's error, `EISDIR` for a directory and `EINVAL` for what else is no regular file.
 */
export function openRegularFile(path: string, flags: number, mode?: number): number {
  const fd = open(path, flags, mode);
  try {
    const stats = fstatSync(fd);
    if (stats.isFile()) return fd;
    throw noFile(path, stats.isDirectory() ? 'EISDIR' : 'EINVAL');
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function open(path: string, flags: number, mode: number | undefined): number {
  try {
    return openSync(path, flags | constants.O_NONBLOCK, mode);
  } catch (error) {
    // A socket, a pipe that nobody reads, or a link to itself.
    if (errorCode(error) === 'ENXIO' || errorCode(error) === 'ELOOP') throw noFile(path, 'EINVAL');
    throw error;
  }
}

/** An error for which `isNoFile` holds; with a number of its own, like one of the system. */
export function noFile(path: string, code: 'EISDIR' | 'EINVAL', words = 'is not a regular file'): Error {
  return Object.assign(new Error(`${path} ${words}`), { code, errno: -1 });
}

/** Of an error of `openRegularFile` and `readRegularFile`: something is there, and it is no file. */
export function isNoFile(error: unknown): boolean {
  return errorCode(error) === 'EISDIR' || errorCode(error) === 'EINVAL';
}
