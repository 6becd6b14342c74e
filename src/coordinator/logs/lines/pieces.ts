import { buffer } from 'node:stream/consumers';
import type { LinePlace, LineSource } from './line-source.ts';

const READ_BYTES = 256 * 1024;
/** Of a line that is longer only its end is read. */
const LONGEST_BYTES = 64 * 1024;
const NEWLINE = 10;

/** Whole lines of a log that lie behind each other. */
export interface Piece {
  /** Number of the first one. */
  readonly line: number;
  /** Ends with a newline, unless the log ends there. */
  readonly bytes: Buffer;
  /** In front of it that belong to its first line and were not read. */
  readonly missing: number;
  /** In the log, of the byte after. */
  readonly nextOffset: number;
  readonly newlines: number;
}

/** The lines of a log from a place on, about 256 KiB at a time. The first one may be the rest of a line. */
export async function* piecesFrom(source: LineSource, { offset, newlines }: LinePlace): AsyncGenerator<Piece> {
  const { sizeBytes } = source;
  let line = newlines;
  let at = offset;
  let rest: Buffer = Buffer.alloc(0);
  let missing = 0;
  while (at < sizeBytes) {
    const to = Math.min(at + READ_BYTES, sizeBytes);
    const bytes = Buffer.concat([rest, await buffer(source.read(at, to))]);
    at = to;
    const end = at === sizeBytes ? bytes.length : bytes.lastIndexOf(NEWLINE) + 1;
    if (end === 0) {
      const ahead = (await source.within(line)).offset - LONGEST_BYTES;
      rest = ahead > at ? Buffer.alloc(0) : Buffer.from(bytes.subarray(-LONGEST_BYTES));
      missing += bytes.length - rest.length + Math.max(0, ahead - at);
      at = Math.max(at, ahead);
      continue;
    }
    const whole = bytes.subarray(0, end);
    const count = countNewlines(whole);
    yield { line, bytes: whole, missing, nextOffset: at - (bytes.length - end), newlines: count };
    line += count;
    missing = 0;
    rest = Buffer.from(bytes.subarray(end));
  }
}

/** Each line of a piece, without its newline. */
export function* linesOf({ line, bytes, missing }: Piece): Generator<{ line: number; bytes: Buffer; missing: number }> {
  for (let at = 0, number = line; at < bytes.length; number += 1) {
    const newline = bytes.indexOf(NEWLINE, at);
    const end = newline < 0 ? bytes.length : newline;
    yield { line: number, bytes: bytes.subarray(at, end), missing: at === 0 ? missing : 0 };
    at = end + 1;
  }
}

function countNewlines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) count += 1;
  return count;
}
