import { lstatSync, statSync, truncateSync } from 'node:fs';
import { errorCode, Failure } from '../failure.ts';
import { fileAt, isHeldByAnother, isOpenHere, nameHolder, removeHolder } from './lock-holder.ts';

/** SQLite's `SQLITE_BUSY` and `SQLITE_LOCKED`. */
const HELD: ReadonlySet<unknown> = new Set([5, 6]);

export interface FileLock {
  release(): void;
}

/** SQLite's `SQLITE_NOTADB`. */
const GARBAGE = 26;

/** The first makes the file, if need be; the others meet somebody who puts another file in its place, time after time. */
const TRIES = 20;

/**
 * Takes an exclusive lock on a file, or answers null when another process holds it. The kernel drops the lock when its
 * holder dies, however it dies, so there is no stale lock to break.
 *
 * Node has no `flock`; SQLite does the same thing with fcntl locks, on every platform, in 1 ms. With its journal in memory it writes
 * no byte, so that a full disk keeps nobody from a lock whose file is there. Where something that is no file lies in its place (a directory, a
 * pipe), nobody can hold it: all who come take the file beside it.
 *
 * A lock is held whatever becomes of its file meanwhile: `<path>.*.holder` tells which one was locked, and by whom (see `isHeldByAnother`).
 * @throws Failure `lock_unusable` when the file cannot be opened or created.
 */
export async function tryLock(path: string): Promise<FileLock | null> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const lock = await tryOnce(path);
    if (lock !== 'replaced') return lock;
  }
  return null;
}

/** `replaced`: what was locked is not, or may not be, what lies there now. */
async function tryOnce(path: string): Promise<FileLock | null | 'replaced'> {
  const place = placeOf(path);
  const file = fileAt(place);
  const lock = await lockAnyFile(place).catch((error: unknown) => {
    if (placeOf(path) === place) throw error;
    return 'replaced' as const;
  });
  if (lock === null || lock === 'replaced') return lock;
  if (file === null || !isOpenHere(file)) {
    lock.release();
    return 'replaced';
  }
  const record = nameHolder(path, file);
  const release = () => {
    removeHolder(record);
    lock.release();
  };
  const isThere = placeOf(path) === place && fileAt(place) === file;
  if (isThere && !isHeldByAnother(path, { record, file })) return { release };
  release();
  return isThere ? null : 'replaced';
}

async function lockAnyFile(path: string): Promise<FileLock | null> {
  try {
    return await lockFile(path);
  } catch (error) {
    if (!isSqlError(error) || error.errcode !== GARBAGE) throw unusable(path, error);
  }
  try {
    // Somebody wrote into it, and nobody holds it: a holder would have been found before what the file says.
    truncateSync(path);
    return await lockFile(path);
  } catch (error) {
    throw unusable(path, error);
  }
}

async function lockFile(path: string): Promise<FileLock | null> {
  const { DatabaseSync } = await import('node:sqlite');
  let database: InstanceType<typeof DatabaseSync> | null = null;
  try {
    database = new DatabaseSync(path, { timeout: 0 });
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    database?.close();
    if (isSqlError(error) && HELD.has(error.errcode)) return null;
    throw error;
  }
  const held = database;
  return { release: () => held.close() };
}

/** The path itself or, where no file can be locked there, the one beside it. */
function placeOf(path: string): string {
  return isNoFile(path) ? placeOf(`${path}.else`) : path;
}

/** A link that leads to no file counts, too; one that leads to a file is that file, for all who come. */
function isNoFile(path: string): boolean {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return false;
  try {
    return !statSync(path).isFile();
  } catch (error) {
    return errorCode(error) === 'ENOENT' || errorCode(error) === 'ELOOP';
  }
}

function isSqlError(error: unknown): error is Error & { readonly errcode: unknown } {
  return error instanceof Error && 'errcode' in error;
}

function unusable(path: string, cause: unknown): Failure {
  return new Failure('lock_unusable', `cannot lock ${path} (${errorCode(cause) ?? 'unknown error'})`, { cause });
}
