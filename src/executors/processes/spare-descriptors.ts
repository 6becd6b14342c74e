import { closeSync, openSync } from 'node:fs';
import { errorCode } from '../../base/index.ts';

/** Enough for any synchronous call of this room; to start a process takes the most. */
const COUNT = 8;
const spares: number[] = [];

/**
 * Does something synchronous that opens files, also when this process has used up its descriptors: some are held back for it. A tree of
 * processes that cannot be looked at would pass for a dead one.
 */
export function withDescriptors<T>(use: () => T): T {
  fill();
  try {
    return use();
  } catch (error) {
    if (!isOutOfDescriptors(error)) throw error;
    releaseDescriptors();
    return use();
  }
}

export function isOutOfDescriptors(error: unknown): boolean {
  return errorCode(error) === 'EMFILE' || errorCode(error) === 'ENFILE';
}

/** For what cannot be done in one synchronous call; they are held back again by the next one. */
export function releaseDescriptors(): void {
  for (const fd of spares.splice(0)) closeSync(fd);
}

function fill(): void {
  try {
    while (spares.length < COUNT) spares.push(openSync('/dev/null', 'r'));
  } catch {
    // As many as there are.
  }
}
