import { closeSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';
import { Failure } from '../../../base/index.ts';
import { isOutOfDescriptors, withDescriptors } from '../spare-descriptors.ts';

// What cannot be read because the process is gone, or somebody else's, counts as not there. What cannot be read for lack of
// descriptors is a Failure: to take it for absent would be to take a living tree for a dead one.

let buffer = Buffer.allocUnsafe(64 * 1024);

/** A whole file of /proc, in a buffer that the next call uses again; null when it is not there or may not be read. */
export function readProc(path: string): Buffer | null {
  return tolerate(path, () => {
    const fd = openSync(path, 'r');
    try {
      for (let length = 0; ; ) {
        if (length === buffer.length) buffer = Buffer.concat([buffer], buffer.length * 2);
        const count = readSync(fd, buffer, length, buffer.length - length, null);
        if (count === 0) return buffer.subarray(0, length);
        length += count;
      }
    } finally {
      closeSync(fd);
    }
  });
}

/**
 * As `readProc`, of a file of at most one line: the kernel hands it over in one piece. Saves a quarter of the calls of a pass over the
 * machine.
 */
export function readProcLine(path: string): Buffer | null {
  return tolerate(path, () => {
    const fd = openSync(path, 'r');
    try {
      return buffer.subarray(0, readSync(fd, buffer, 0, buffer.length, null));
    } finally {
      closeSync(fd);
    }
  });
}

/** Names in a directory of /proc; empty when it is not there or may not be read. */
export function listProc(path: string): readonly string[] {
  return tolerate(path, () => readdirSync(path)) ?? [];
}

/** Where a link of /proc leads; null when it is not there or may not be read. */
export function readProcLink(path: string): string | null {
  return tolerate(path, () => readlinkSync(path));
}

function tolerate<T>(path: string, read: () => T): T | null {
  try {
    return withDescriptors(read);
  } catch (error) {
    if (!isOutOfDescriptors(error)) return null;
    throw new Failure('too_many_files', `cannot read ${path}: too many open files`, { cause: error });
  }
}
