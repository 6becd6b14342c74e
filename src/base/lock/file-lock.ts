import { lstatSync, statSync, truncateSync } from 'node:fs';
import { errorCode, Failure } from '../failure.ts';

/** SQLite's `SQLITE_BUSY` and `SQLITE_LOCKED`. */
const HELD: ReadonlySet<unknown> = new Set([5, 6]);

export interface FileLock {
  release(): void;
}

/** SQLite's `SQLITE_NOTADB`. */
const GARBAGE = 26;

/**
 * Takes an exclusive lock on a file, or answers null when another process holds it. The kernel drops the lock when its
 * holder dies, however it dies, so there is no stale lock to break.
 *
 * Node has no `flock`; SQLite does the same thing with fcntl locks, on every platform, in 1 ms. With its journal in memory it writes
 * no byte, so that a full disk keeps nobody from a lock whose file is there. Where something that is no file lies in its place (a directory, a
 * pipe), nobody can hold it: all who come take the file beside it.
 * @throws Failure `lock_unusable` when the file cannot be opened or created.
 */
export async function tryLock(path: string): Promise<FileLock | null> {
  try {
    return await lock(path);
  } catch (error) {
    if (isNoFile(path)) return await tryLock(`${path}.else`);
    if (!isSqlError(error) || error.errcode !== GARBAGE) throw unusable(path, error);
  }
  try {
    // Somebody wrote into it, and nobody holds it: a holder would have been found before what the file says.
    truncateSync(path);
    return await lock(path);
  } catch (error) {
    throw unusable(path, error);
  }
}

async function lock(path: string): Promise<FileLock | null> {
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
