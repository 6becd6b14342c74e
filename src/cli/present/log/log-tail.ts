import { cleanLine, isOnlyMarkers } from '../../terminal/clean-text.ts';

/** The end of a job's log, bounded in bytes. Owned and changed by the run view alone. */
export interface LogTail {
  chunks: Uint8Array[];
  keptBytes: number;
  /** Offset in the whole log of the byte after the last one. */
  end: number;
}

export const TAIL_BYTES = 32 * 1024;
/** A log that comes in crumbs is joined now and then, so that the list stays short. */
const MAX_CHUNKS = 64;
const LAST_LINE_BYTES = 2 * 1024;

export function emptyTail(): LogTail {
  return { chunks: [], keptBytes: 0, end: 0 };
}

export function appendToTail(tail: LogTail, offset: number, bytes: Uint8Array): void {
  if (offset > tail.end) {
    // What lies between was not read.
    tail.chunks = [];
    tail.keptBytes = 0;
  }
  // Copied: the caller may use its buffer again.
  const kept = Buffer.from(bytes.subarray(-TAIL_BYTES));
  tail.chunks.push(kept);
  tail.keptBytes += kept.length;
  tail.end = offset + bytes.length;
  while (tail.chunks[0] && tail.keptBytes - tail.chunks[0].length >= TAIL_BYTES) {
    tail.keptBytes -= tail.chunks[0].length;
    tail.chunks.shift();
  }
  if (tail.chunks.length > MAX_CHUNKS) tail.chunks = [Buffer.concat(tail.chunks)];
}

/** The last line that has something to read on it, made safe for the screen. */
export function lastLine(tail: LogTail): string {
  const lines = text(tail, LAST_LINE_BYTES).split('\n');
  for (const line of lines.reverse()) {
    const shown = cleanLine(line, false).trim();
    if (shown !== '') return shown;
  }
  return '';
}

export interface TailLines {
  readonly lines: readonly string[];
  /** Lines or bytes before these are not here. */
  readonly isCut: boolean;
}

/** At most `maxLines` last lines, of those from log offset `from` on. */
export function tailLines(tail: LogTail, from: number, maxLines: number, keepColours: boolean): TailLines {
  const wanted = Math.max(0, tail.end - from);
  const lines = text(tail, wanted)
    .replace(/\n$/, '')
    .split('\n')
    .filter((line) => !isOnlyMarkers(line));
  if (wanted > tail.keptBytes) lines.shift();
  const kept = lines.slice(-maxLines).map((line) => cleanLine(line, keepColours));
  return { lines: kept.join('') === '' ? [] : kept, isCut: wanted > tail.keptBytes || kept.length < lines.length };
}

function text(tail: LogTail, lastBytes: number): string {
  if (lastBytes === 0) return '';
  return Buffer.concat(tail.chunks).subarray(-lastBytes).toString('utf8');
}
