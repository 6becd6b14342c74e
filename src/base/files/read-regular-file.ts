import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { errorCode } from '../failure.ts';

/**
 * The content of a file. Never waits: to open a pipe, or to read a terminal, could take for ever.
 * @throws the system's error, `EISDIR` for a directory and `EINVAL` for what else is no regular file.
 */
export function readRegularFile(path: string): Buffer {
  const fd = open(path);
  try {
    const stats = fstatSync(fd);
    if (stats.isFile()) return readAll(fd, stats.size);
    throw notRegular(path, stats.isDirectory() ? 'EISDIR' : 'EINVAL');
  } finally {
    closeSync(fd);
  }
}

function open(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    // A socket, or a link to itself.
    if (errorCode(error) === 'ENXIO' || errorCode(error) === 'ELOOP') throw notRegular(path, 'EINVAL');
    throw error;
  }
}

function notRegular(path: string, code: 'EISDIR' | 'EINVAL'): Error {
  return Object.assign(new Error(`${path} is not a regular file`), { code });
}

/** Of an error of `readRegularFile`: something is there, and it is no file. */
export function isNoFile(error: unknown): boolean {
  return errorCode(error) === 'EISDIR' || errorCode(error) === 'EINVAL';
}

/** One call for most files: what comes back shorter than was asked for, and no shorter than the file was, ends there. */
function readAll(fd: number, size: number): Buffer {
  let bytes = Buffer.allocUnsafe(size + 1);
  for (let length = 0; ; ) {
    const count = readSync(fd, bytes, length, bytes.length - length, null);
    length += count;
    if (count === 0 || (length >= size && length < bytes.length)) return bytes.subarray(0, length);
    if (length === bytes.length) bytes = Buffer.concat([bytes], length * 2);
  }
}
