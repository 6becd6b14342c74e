import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCode } from '../failure.ts';

/**
 * Makes a directory and those above it; one that is there is fine. Throws the system's own error.
 * Node's recursive mkdir says "no such file" on a read-only file system, and never returns in a directory like `/proc`.
 */
export function makeDirectory(path: string, mode = 0o777): void {
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    if (errorCode(error) === 'EEXIST' && statSync(path).isDirectory()) return;
    if (errorCode(error) !== 'ENOENT' || dirname(path) === path || existsSync(dirname(path))) throw error;
    makeDirectory(dirname(path), mode);
    makeDirectory(path, mode);
  }
}
