import { closeSync, fstatSync, openSync, read } from 'node:fs';
import { promisify } from 'node:util';
import { errorCode } from '../../base/index.ts';

/** One reader of a log that may not be there yet. Its descriptor stays open between reads. */
export interface LogReader {
  /** Resolves to the count of bytes read, 0 when there are none (yet). */
  read(offset: number, into: Uint8Array): Promise<number>;
  /** There are bytes behind the last ones read. */
  hasMore(): boolean;
  /** Gives the descriptor back; the next read opens it again. */
  close(): void;
}

const readFrom = promisify(read);

export function createLogReader(path: string): LogReader {
  let fd: number | null = null;
  let readUpTo = 0;
  /** Reads under way: the descriptor stays open under them. */
  let reading = 0;
  let closing = false;

  function close(): void {
    closing = reading > 0;
    if (closing || fd === null) return;
    closeSync(fd);
    fd = null;
  }

  return {
    async read(offset, into) {
      fd ??= openLog(path);
      if (fd === null) return 0;
      reading++;
      const { bytesRead } = await readFrom(fd, into, 0, into.length, offset).finally(() => reading--);
      readUpTo = offset + bytesRead;
      if (closing) close();
      return bytesRead;
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
    return openSync(path, 'r');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
