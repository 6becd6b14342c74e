import { closeSync, fdatasyncSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorCode } from '../failure.ts';

/** Writes a whole file (mode 0600) so that it is there completely or not at all; `durable`: also after a power cut. */
export function writeDurably(path: string, text: string, durable: boolean): void {
  const draft = `${path}.tmp`;
  try {
    writeDraft(draft, Buffer.from(text), durable);
    renameSync(draft, path);
  } catch (error) {
    // On a full disk it is in the way of whoever tries again.
    rmSync(draft, { force: true });
    throw error;
  }
  if (durable) syncDirectory(dirname(path));
}

/** Removes what writers of files in this directory left when they were killed. For whoever knows that none of them lives. */
export function removeDrafts(directory: string): void {
  for (const name of readdirSync(directory)) {
    if (name.endsWith('.tmp')) rmSync(join(directory, name), { recursive: true, force: true });
  }
}

function writeDraft(path: string, bytes: Uint8Array, durable: boolean): void {
  const fd = openNew(path);
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
    if (durable) fdatasyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** What somebody killed has left there goes; so does what is no file, a pipe for one, which would not open before somebody reads it. */
function openNew(path: string): number {
  try {
    return openSync(path, 'wx', 0o600);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    rmSync(path, { recursive: true, force: true });
    return openSync(path, 'wx', 0o600);
  }
}

/** Makes new names in a directory survive a power cut. */
export function syncDirectory(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
