import { randomBytes } from 'node:crypto';
import { lstatSync, readdirSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorCode, readRegularFile } from '../../base/index.ts';

/** What `reserveStep` makes, and how much of it is blank. */
const RESERVED: Readonly<Record<string, 'blank' | 'any'>> = { pid: 'blank', exit: 'blank', room: 'any' };

/**
 * For a step that nobody has started yet. What a script has put in its place meanwhile would be taken for a start of it (a claim), for its end, or
 * would swallow what it prints (a pipe, a link): then the whole directory is moved out of the way, and stays. Nothing but what `reserveStep` made
 * remains. Throws the system's own error when something cannot be moved.
 */
export function clearStep(stepDir: string): void {
  const stepsDir = dirname(stepDir);
  if (!leadsToDirectory(stepsDir)) moveAside(stepsDir);
  else if (!isAsReserved(stepDir)) moveAside(stepDir);
}

function leadsToDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(errorCode(error) ?? '')) return false;
    throw error;
  }
}

function isAsReserved(stepDir: string): boolean {
  const stats = lstatSync(stepDir, { throwIfNoEntry: false });
  if (stats === undefined) return true;
  return stats.isDirectory() && isOurs(stats.uid) && readdirSync(stepDir).every((name) => isReserved(stepDir, name));
}

function isReserved(stepDir: string, name: string): boolean {
  const kind = Object.hasOwn(RESERVED, name) ? RESERVED[name] : undefined;
  if (kind === undefined) return false;
  const path = join(stepDir, name);
  const stats = lstatSync(path);
  if (!stats.isFile() || stats.nlink > 1 || !isOurs(stats.uid)) return false;
  return kind === 'any' || readRegularFile(path).toString().trim() === '';
}

/** A file of somebody else's may be closed to us. */
function isOurs(uid: number): boolean {
  return uid === process.geteuid?.();
}

/** Where nothing is there is nothing to move. */
function moveAside(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return;
  renameSync(path, `${path}.${randomBytes(4).toString('hex')}.aside`);
}
