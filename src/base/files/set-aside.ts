import { randomBytes } from 'node:crypto';
import { lstatSync, renameSync, statSync } from 'node:fs';
import { errorCode } from '../failure.ts';

/**
 * Moves out of the way what lies where a file has to be, and is none: a directory, a pipe, a link that leads to no file. Only for whoever
 * alone writes there. Nothing is removed: somebody may want to know what it was.
 */
export function setAside(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined || leadsToFile(path)) return;
  renameSync(path, `${path}.${randomBytes(4).toString('hex')}.aside`);
}

function leadsToFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return false;
  }
}
