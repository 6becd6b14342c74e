import { closeSync, openSync, writeSync } from 'node:fs';
import { errorCode } from '../../../src/base/index.ts';

/** Writes the file until there is no room left for a byte of it. */
export function fillDisk(ballast: string): void {
  const file = openSync(ballast, 'a');
  for (let size = 1024 * 1024; size >= 1; ) {
    try {
      writeSync(file, Buffer.alloc(size));
    } catch (error) {
      if (errorCode(error) !== 'ENOSPC') throw error;
      size /= 32;
    }
  }
  closeSync(file);
}
