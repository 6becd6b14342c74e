import { closeSync, constants, fstatSync, readSync } from 'node:fs';
import { noFile, openRegularFile } from './open-regular-file.ts';

/** More than any of ours has; a script makes one of a petabyte in a moment. */
const LONGEST_BYTES = 256 * 1024 * 1024;

/**
 * The content of a file. Never waits.
 * @throws as `openRegularFile`; a longer one than `longestBytes` is none, either
 */
export function readRegularFile(path: string, longestBytes = LONGEST_BYTES): Buffer {
  const fd = openRegularFile(path, constants.O_RDONLY);
  try {
    const { size } = fstatSync(fd);
    if (size > longestBytes) throw noFile(path, 'EINVAL', `has ${size} bytes, and is none of ours`);
    return readAll(fd, size);
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
