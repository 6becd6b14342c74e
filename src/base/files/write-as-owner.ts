import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCode } from '../failure.ts';
import { type Belonging, writeDurably } from './write-durably.ts';

/** Read and write for its owner, and for its group where it has been so. Others are never let in. */
const OWNER = 0o600;
const GROUP = 0o060;

/**
 * Writes a whole file durably for whoever reads it under another user: where root writes, it stays its owner's and its group's, and a new one (mode 0600) becomes that of
 * its directory's owner. So a service that runs as its own user can still read what root has changed for it.
 */
export function writeAsOwner(path: string, text: string): void {
  writeDurably(path, text, true, process.geteuid?.() === 0 ? belongingOf(path) : undefined);
}

function belongingOf(path: string): Belonging | undefined {
  const [file, directory] = [look(path), look(dirname(path))];
  if (file !== undefined) return { uid: file.uid, gid: file.gid, mode: OWNER | (file.mode & GROUP) };
  return directory === undefined ? undefined : { uid: directory.uid, gid: directory.gid, mode: OWNER };
}

function look(path: string) {
  try {
    return statSync(path);
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return undefined; // It is not there yet; writing says what else is wrong.
  }
}
