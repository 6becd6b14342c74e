import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

/**
 * The content of a file. Never waits: to open a pipe, or to read a terminal, could take for ever.
 * @throws the system's error, `EISDIR` for a directory and `EINVAL` for what else is no regular file.
 */
export function readRegularFile(path: string): Buffer {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(fd);
    if (stats.isFile()) return readFileSync(fd);
    const code = stats.isDirectory() ? 'EISDIR' : 'EINVAL';
    throw Object.assign(new Error(`${path} is not a regular file`), { code });
  } finally {
    closeSync(fd);
  }
}
