import type { LogContents } from '../../../blobs/index.ts';
import type { LinePlace, LineSource } from './line-source.ts';

/** What an indexed log is made of besides its index. */
export type Indexed = Pick<LineSource, 'jobId' | 'resends' | 'sizeBytes' | 'isGrowing' | 'read'>;

/** A log by an index of all of it. */
export function indexedSource(log: Indexed, index: LogContents): LineSource {
  const { newlinesBefore, blockBytes, sections, moreSections } = index;
  const placed = (block: number): LinePlace => ({
    offset: block * blockBytes,
    newlines: newlinesBefore[block] ?? 0,
  });
  return {
    ...log,
    total: index.lines,
    errorLine: index.errorLine ?? null,
    before: async (line) => placed(line === 0 ? 0 : lastUpTo(newlinesBefore, line - 1)),
    within: async (line) => placed(lastUpTo(newlinesBefore, line)),
    at: async (offset) => placed(Math.min(Math.floor(offset / blockBytes), newlinesBefore.length - 1)),
    sections: async () => ({ sections, moreSections }),
  };
}

/** The last of these numbers, which never go down, that is at most so much. */
function lastUpTo(numbers: readonly number[], most: number): number {
  let low = 0;
  for (let high = numbers.length; high - low > 1; ) {
    const middle = (low + high) >>> 1;
    if ((numbers[middle] ?? 0) <= most) low = middle;
    else high = middle;
  }
  return low;
}
