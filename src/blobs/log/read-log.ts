import { blobFailure } from '../blob-failure.ts';
import type { BlobStore } from '../blob-store.ts';
import type { LogIndex } from './log-index.ts';
import { logKeys } from './seal-log.ts';

/** A line from 0, or a byte. Past the end is the end. */
export type LogPosition = { readonly line: number } | { readonly offset: number };

export interface LogLimits {
  /** Default 1000. */
  readonly maxLines?: number;
  /** Default 1 MiB. A longer line is cut, and goes on at `nextOffset`. */
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
}

export interface LogPart {
  /** The line that the first byte belongs to. */
  readonly line: number;
  readonly offset: number;
  readonly bytes: Buffer;
  /** Of the byte after; the log's size at its end. */
  readonly nextOffset: number;
  readonly nextLine: number;
}

const NEWLINE = 10;
const DEFAULT_LINES = 1000;
const DEFAULT_BYTES = 1024 ** 2;

/** A part of a sealed log, at the cost of one block more than what is returned, wherever it is. @throws Failure `bad_range`, `index_unreadable`, and as `open` */
export async function readLog(
  store: BlobStore,
  { id, index }: { readonly id: number; readonly index: LogIndex },
  from: LogPosition,
  { maxLines = DEFAULT_LINES, maxBytes = DEFAULT_BYTES, signal }: LogLimits = {},
): Promise<LogPart> {
  const { sizeBytes, blockBytes, newlinesBefore } = index;
  const block = blockOf(index, from);
  const start = block * blockBytes;
  // Where the wanted part begins is known only after reading on from the block's start.
  const end = Math.min(start + blockBytes + maxBytes, sizeBytes);
  const window = createWindow({ from, line: newlinesBefore[block] ?? index.lines, offset: start, maxLines, maxBytes });
  const opened = await store.open(logKeys(id).log, { start, end, ...(signal === undefined ? {} : { signal }) });
  if (opened.sizeBytes !== sizeBytes) {
    opened.body.destroy();
    throw blobFailure('index_unreadable', `the log ${id} has ${opened.sizeBytes} bytes, its index ${sizeBytes}`);
  }
  for await (const chunk of opened.body) if (window.push(chunk as Buffer)) break;
  return window.part();
}

/** The block that holds the byte, or the newline before the line. */
function blockOf({ newlinesBefore, blockBytes }: LogIndex, from: LogPosition): number {
  const wanted = 'line' in from ? from.line : from.offset;
  if (!Number.isSafeInteger(wanted) || wanted < 0) throw blobFailure('bad_range', `no place in a log: ${wanted}`);
  if ('offset' in from) return Math.min(Math.floor(from.offset / blockBytes), newlinesBefore.length - 1);
  let low = 0;
  for (let high = newlinesBefore.length; high - low > 1; ) {
    const middle = (low + high) >>> 1;
    if ((newlinesBefore[middle] ?? 0) < wanted) low = middle;
    else high = middle;
  }
  return low;
}

interface WindowOptions {
  readonly from: LogPosition;
  /** Of the first byte that will be pushed. */
  readonly line: number;
  readonly offset: number;
  readonly maxLines: number;
  readonly maxBytes: number;
}

/** Skips to the wanted place and keeps what is wanted; `push` is true when that is complete. */
function createWindow(options: WindowOptions): { push(chunk: Buffer): boolean; part(): LogPart } {
  const { from, maxLines, maxBytes } = options;
  let { line, offset } = options;
  const kept: Buffer[] = [];
  let keptBytes = 0;
  let keptLines = 0;
  const skip = (chunk: Buffer): Buffer => {
    let at = 0;
    while (at < chunk.length && ('line' in from ? line < from.line : offset + at < from.offset)) {
      const newline = chunk.indexOf(NEWLINE, at);
      const next = newline < 0 ? chunk.length : newline + 1;
      const to = 'line' in from ? next : Math.min(next, from.offset - offset);
      if (newline >= 0 && to === next) line += 1;
      at = to;
    }
    offset += at;
    return chunk.subarray(at);
  };
  return {
    push(chunk) {
      const wanted = keptBytes > 0 ? chunk : skip(chunk);
      let end = 0;
      while (end < wanted.length && keptLines < maxLines) {
        const newline = wanted.indexOf(NEWLINE, end);
        end = newline < 0 ? wanted.length : newline + 1;
        if (newline >= 0 && keptBytes + end <= maxBytes) keptLines += 1;
      }
      const bytes = wanted.subarray(0, Math.min(end, maxBytes - keptBytes));
      kept.push(bytes);
      keptBytes += bytes.length;
      return keptLines >= maxLines || keptBytes >= maxBytes;
    },
    part: () => ({
      line,
      offset,
      bytes: Buffer.concat(kept),
      nextOffset: offset + keptBytes,
      nextLine: line + keptLines,
    }),
  };
}
