import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fdatasyncSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { errorCode } from '../failure.ts';
import { setAside } from './set-aside.ts';

export interface Belonging {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

/** Writes a whole file (mode 0600) so that it is there completely or not at all; `durable`: also after a power cut. `belonging`: whose it is to be, as only root may say. */
export function writeDurably(path: string, text: string, durable: boolean, belonging?: Belonging): void {
  const { fd, draft } = openDraft(path);
  try {
    writeAll(fd, Buffer.from(text), { durable, belonging });
    moveTo(draft, path);
  } catch (error) {
    // On a full disk it is in the way of whoever tries again.
    rmSync(draft, { force: true });
    throw error;
  }
  if (durable) syncDirectory(dirname(path));
}

/**
 * Removes what writers of files in this directory left when they were killed. For whoever knows that none of them lives. What is no file was
 * left by no writer: it stays, and all that lies in it or is mounted there.
 * @returns the paths of what could not be removed, with the reason.
 */
export function removeDrafts(directory: string): readonly string[] {
  const left: string[] = [];
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (!entry.name.endsWith('.tmp') || entry.isDirectory()) continue;
    const path = join(directory, entry.name);
    try {
      unlinkSync(path);
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') left.push(`${path} (${errorCode(error)})`);
    }
  }
  return left;
}

/**
 * Where somebody killed has left a draft of his own, that one goes. What cannot be removed by one call of the system (a directory with something
 * in it, or where something is mounted) is none: it stays, and the draft gets a name that nobody has thought of.
 */
function openDraft(path: string): { readonly fd: number; readonly draft: string } {
  const draft = `${path}.tmp`;
  try {
    return { fd: openSync(draft, 'wx', 0o600), draft };
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
  const free = removeEntry(draft) ? draft : `${path}.${randomBytes(4).toString('hex')}.tmp`;
  return { fd: openSync(free, 'wx', 0o600), draft: free };
}

/** A file, a link, a pipe or an empty directory; nothing that is mounted. */
function removeEntry(path: string): boolean {
  for (const remove of [unlinkSync, rmdirSync]) {
    try {
      remove(path);
      return true;
    } catch (error) {
      if (errorCode(error) === undefined) throw error;
    }
  }
  return false;
}

function writeAll(
  fd: number,
  bytes: Uint8Array,
  { durable, belonging }: { readonly durable: boolean; readonly belonging: Belonging | undefined },
): void {
  try {
    if (belonging !== undefined) {
      fchownSync(fd, belonging.uid, belonging.gid);
      fchmodSync(fd, belonging.mode);
    }
    for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
    if (durable) fdatasyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** A directory in its place is moved away: whoever reads the file would not find it there. */
function moveTo(draft: string, path: string): void {
  try {
    renameSync(draft, path);
  } catch (error) {
    if (errorCode(error) !== 'EISDIR') throw error;
    setAside(path);
    renameSync(draft, path);
  }
}

/** Makes new names in a directory, or what was written into a file, survive a power cut. */
export function syncDirectory(path: string): void {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
