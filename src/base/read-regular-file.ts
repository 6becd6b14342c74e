import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/**
 * The content of a file. Never waits: to open a pipe, or to read a terminal, could take for ever.
 * @throws the system's error, `EISDIR` for a directory and `EINVAL` for what else is no regular file.
 */
export function readRegularFile(path: string): Buffer {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(fd);
    if (stats.isFile()) return readAll(fd, stats.size);
    const code = stats.isDirectory() ? 'EISDIR' : 'EINVAL';
    throw Object.assign(new Error(`${path} is not a regular file`), { code });
  } finally {
    closeSync(fd);
  }
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
