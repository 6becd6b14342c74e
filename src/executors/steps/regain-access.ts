import { chmodSync, lstatSync, readdirSync, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorCode } from '../../base/index.ts';

/**
 * Opens what a script of ours has closed to us (`chmod -R 000`): the directory of a job's steps, those in it, the one around it, and their
 * files; directories further up where they keep us from these. They are our own, and a job can be neither stopped nor cleaned up without them.
 * Never throws for trouble with the file system: what is not ours to open stays closed.
 * @returns whether something was opened.
 */
export function regainAccess(stepsDir: string): boolean {
  const around = dirname(stepsDir);
  const opened = [openAbove(around), open(around), open(stepsDir), ...openAll(around, 'files')];
  return [...opened, ...openAll(stepsDir, 'all')].includes(true);
}

/** As little as will do: directories that can be looked into are not changed. */
function openAbove(path: string): boolean {
  const above = dirname(path);
  if (above === path || look(path) !== 'closed') return false;
  const opened = openAbove(above);
  return open(above) || opened;
}

function openAll(directory: string, what: 'files' | 'all'): readonly boolean[] {
  return listNames(directory).flatMap((name) => {
    const path = join(directory, name);
    const found = look(path);
    const isDirectory = typeof found === 'object' && found.isDirectory();
    if (isDirectory) return what === 'all' ? [open(path), ...openAll(path, 'files')] : [];
    return [open(path)];
  });
}

function look(path: string): Stats | 'absent' | 'closed' {
  try {
    return lstatSync(path);
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return errorCode(error) === 'EACCES' ? 'closed' : 'absent';
  }
}

/** No link is followed. What belongs to somebody else stays as it is. */
function open(path: string): boolean {
  try {
    const stats = lstatSync(path);
    const wanted = stats.isDirectory() ? 0o700 : stats.isFile() ? 0o600 : 0;
    if ((stats.mode & wanted) === wanted) return false;
    chmodSync(path, (stats.mode & 0o777) | wanted);
    return true;
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return false;
  }
}

function listNames(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return [];
  }
}

/** Does something with the steps of a job, once more when they had been closed to us. */
export async function withAccess<T>(stepsDir: string, action: () => T | Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!isClosed(error) || !regainAccess(stepsDir)) throw error;
    return await action();
  }
}

/** Also a failure that the system's error has brought about. */
function isClosed(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return errorCode(error) === 'EACCES' || errorCode(cause) === 'EACCES';
}
