import { closeSync, constants, fstatSync, ftruncateSync, readSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { errorCode, isNoFile, openRegularFile } from '../../base/index.ts';
import { withDescriptors } from '../processes/spare-descriptors.ts';
import { inRealDirectory } from './real-directory.ts';

/** One reader of a log that may not be there yet. Its descriptor stays open between reads. */
export interface LogReader {
  /** The count of bytes read, 0 when there are none (yet). Synchronous: out of the page cache it takes a fifth of the time. */
  read(offset: number, into: Uint8Array): number;
  /** Leaves so many bytes; the wrapper appends, so that what comes next lies behind them. @returns how many are gone. */
  cut(sizeBytes: number): number;
  /** There are bytes behind the last ones read. */
  hasMore(): boolean;
  /** Gives the descriptor back; the next read opens it again. */
  close(): void;
}

export function createLogReader(path: string): LogReader {
  let fd: number | null = null;
  let readUpTo = 0;
  function close(): void {
    if (fd !== null) closeSync(fd);
    fd = null;
  }

  return {
    read(offset, into) {
      fd ??= openLog(path);
      if (fd === null) return 0;
      const count = readSync(fd, into, 0, into.length, offset);
      readUpTo = offset + count;
      return count;
    },
    cut(sizeBytes) {
      fd ??= openLog(path);
      const surplus = fd === null ? 0 : fstatSync(fd).size - sizeBytes;
      return fd !== null && surplus > 0 && truncate(path, fd, sizeBytes) ? surplus : 0;
    },
    hasMore() {
      fd ??= openLog(path);
      return fd !== null && fstatSync(fd).size > readUpTo;
    },
    close,
  };
}

function openLog(path: string): number | null {
  try {
    const open = (dir: string) => openRegularFile(join(dir, basename(path)), constants.O_RDONLY | constants.O_NOFOLLOW);
    return withDescriptors(() => inRealDirectory(dirname(path), open));
  } catch (error) {
    // A script has put something else there, a pipe that nobody writes to, say.
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(errorCode(error) ?? '') || isNoFile(error)) return null;
    throw error;
  }
}

/** Only the file that is read: a script may have put another one in its place, or have made it read-only, and is its own disk quota then. */
function truncate(path: string, reading: number, sizeBytes: number): boolean {
  try {
    const fd = withDescriptors(() => openRegularFile(path, constants.O_RDWR | constants.O_NOFOLLOW));
    try {
      const [found, known] = [fstatSync(fd), fstatSync(reading)];
      if (found.ino !== known.ino || found.dev !== known.dev) return false;
      ftruncateSync(fd, sizeBytes);
      return true;
    } finally {
      closeSync(fd);
    }
  } catch {
    return false;
  }
}
