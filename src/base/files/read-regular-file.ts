import { closeSync, constants, fstatSync, readSync } from 'node:fs';
import { openRegularFile } from './open-regular-file.ts';

/**
 * The content of a file. Never waits.
 * @throws as `openRegularFile`
 */
export function readRegularFile(path: string): Buffer {
  const fd = openRegularFile(path, constants.O_RDONLY);
  try {
    return readAll(fd, fstatSync(fd).size);
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
