import { blobFailure } from '../blob-failure.ts';

export interface LogSection {
  readonly name: string;
  /** Whether a page shows it folded at first. */
  readonly isCollapsed: boolean;
  /** Lines count from 0. */
  readonly startLine: number;
  /** Null: it was never closed. */
  readonly endLine: number | null;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
}

/** What makes any place of a sealed log reachable by reading one block and what is shown. Plain data; `JSON.stringify` keeps it. */
export interface LogIndex {
  readonly version: 1;
  readonly sizeBytes: number;
  readonly sha256: string;
  /** The last one need not end with a newline. */
  readonly lines: number;
  readonly blockBytes: number;
  /** For each block of the log the newlines before it. */
  readonly newlinesBefore: readonly number[];
  readonly sections: readonly LogSection[];
  /** Sections past the limit, which are not in the list. */
  readonly moreSections: number;
  /** The last line that a runner says an error in; null: there is none. Older indexes do not say. */
  readonly errorLine?: number | null;
}

/** From the bytes that `sealLog` put. @throws Failure `index_unreadable`: it can be made again from the log. */
export function parseLogIndex(bytes: Uint8Array): LogIndex {
  try {
    const index = JSON.parse(Buffer.from(bytes).toString()) as LogIndex;
    if (index.version !== 1) throw new Error(`version ${index.version} is unknown`);
    if (!isWhole(index)) throw new Error('its numbers do not fit together');
    return index;
  } catch (error) {
    throw blobFailure('index_unreadable', 'cannot read the index of a log', error);
  }
}

function isWhole({ sizeBytes, blockBytes, newlinesBefore, sections, lines }: LogIndex): boolean {
  const numbers = [sizeBytes, blockBytes, lines, ...newlinesBefore];
  return (
    numbers.every((number) => Number.isSafeInteger(number) && number >= 0) &&
    blockBytes > 0 &&
    newlinesBefore.length === Math.max(1, Math.ceil(sizeBytes / blockBytes)) &&
    Array.isArray(sections)
  );
}
