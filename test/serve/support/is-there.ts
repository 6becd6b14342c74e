import { readFileSync } from 'node:fs';

/** A file that can be read: what a job has done. */
export function isThere(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}
