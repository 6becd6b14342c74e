import { randomBytes } from 'node:crypto';
import { chmodSync, lstatSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { bootId } from '../boot-id.ts';
import { errorCode } from '../failure.ts';
import { readRegularFile } from '../files/read-regular-file.ts';
import { writeDurably } from '../files/write-durably.ts';

/**
 * Beside a lock: which process holds it, and by which file. The kernel's lock hangs on a file, and its name may lead to another one by now (a
 * script has removed it, or put something else there), which anybody can lock. Whoever does finds here who held the first.
 */
interface LockHolder {
  readonly pid: number;
  /** As the kernel counts; with `boot` it tells the process from a later one that got its pid. */
  readonly startedAt: string;
  readonly boot: string;
  /** See `fileAt`. */
  readonly file: string;
}

const SUFFIX = '.holder';

/** Which file a path leads to, whatever it is called: device and inode. null: there is none, or nobody can say. */
export function fileAt(path: string): string | null {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return null;
  }
}

/**
 * Says that this process holds the lock, by that file; where there is no room for it, nobody is kept from working. Everybody has a file of his own for
 * that: of two who come at once and then look for others, at least one sees the other.
 * @returns its path.
 */
export function nameHolder(lock: string, file: string): string {
  const record = `${lock}.${process.pid}-${randomBytes(4).toString('hex')}${SUFFIX}`;
  const boot = bootId();
  const startedAt = startOf(process.pid);
  if (boot === null || startedAt === null) return record;
  const holder: LockHolder = { pid: process.pid, startedAt, boot, file };
  tolerate(() => {
    writeDurably(record, JSON.stringify(holder), false);
    // For other users to read, if they get as far as that.
    chmodSync(record, 0o644);
  });
  return record;
}

/**
 * Whether this process has the file open, as one does that has locked it: what a path leads to right before it is opened may be gone by then, and its
 * inode another file's. Yes where the system does not say.
 */
export function isOpenHere(file: string): boolean {
  return bootId() === null || hasOpen(process.pid, file) !== false;
}

/** Before the lock is let go. Where the directory has been renamed since, the name goes with the first look after this process is dead. */
export function removeHolder(record: string): void {
  tolerate(() => rmSync(record, { force: true }));
}

/**
 * Whether somebody else holds the lock by another file: lives, and still has that one open. One whose descriptors may not be looked at (another
 * user's) has it open as long as he lives, if it was he who wrote that: he removes his name when he lets go. Removes the names of the dead; what cannot
 * be read is none.
 */
export function isHeldByAnother(lock: string, own: { readonly record: string; readonly file: string }): boolean {
  const records = namesBeside(lock).filter((record) => record !== own.record);
  return records.some((record) => {
    const holder = readHolder(record);
    if (holder === null || holder.file === own.file) return false;
    if (isAlive(holder)) return holds(holder, record);
    removeHolder(record);
    return false;
  });
}

/**
 * Which process holds the lock, by whatever file. null: none that can be seen, or one that had no room to say so. Only a hint: it may let go at any
 * time, so it is for words and signals, and never instead of taking the lock.
 */
export function lockHolder(lock: string): number | null {
  for (const record of namesBeside(lock)) {
    const holder = readHolder(record);
    if (holder !== null && isAlive(holder) && holds(holder, record)) return holder.pid;
  }
  return null;
}

function holds({ pid, file }: LockHolder, record: string): boolean {
  return hasOpen(pid, file) ?? isWrittenBy(pid, record);
}

function isAlive({ pid, startedAt, boot }: LockHolder): boolean {
  return boot === bootId() && startOf(pid) === startedAt;
}

function namesBeside(lock: string): readonly string[] {
  const directory = dirname(lock);
  const start = `${basename(lock)}.`;
  try {
    const names = readdirSync(directory).filter((name) => name.startsWith(start) && name.endsWith(SUFFIX));
    return names.map((name) => join(directory, name));
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return [];
  }
}

function tolerate(action: () => void): void {
  try {
    action();
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
  }
}

function readHolder(record: string): LockHolder | null {
  try {
    const { pid, startedAt, boot, file } = JSON.parse(readRegularFile(record).toString()) ?? {};
    const isWhole = Number.isInteger(pid) && [startedAt, boot, file].every((word) => typeof word === 'string');
    return isWhole ? { pid, startedAt, boot, file } : null;
  } catch (error) {
    if (error instanceof SyntaxError || errorCode(error) !== undefined) return null;
    throw error;
  }
}

/** Field 22 of /proc/<pid>/stat; the name, in parentheses, may itself hold spaces and parentheses. null: there is no such process. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ', 20)[19] ?? null;
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return null;
  }
}

/** null: it may not be looked at. */
function hasOpen(pid: number, file: string): boolean | null {
  const directory = `/proc/${pid}/fd`;
  try {
    return readdirSync(directory).some((descriptor) => fileAt(`${directory}/${descriptor}`) === file);
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    // It is gone by now; anything else does not tell.
    return errorCode(error) === 'ENOENT' || errorCode(error) === 'ESRCH' ? false : null;
  }
}

/** By its user, that is. Else a script could name any process that runs for ever, and nobody would get the lock again. */
function isWrittenBy(pid: number, record: string): boolean {
  try {
    return lstatSync(record).uid === statSync(`/proc/${pid}`).uid;
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return false;
  }
}
