import { buffer } from 'node:stream/consumers';

const BLOCK_BYTES = 64 * 1024;
/** Of a longer line only its end is looked at. */
const LONGEST_LINE = 1024;
const NEWLINE = 10;

/** The bytes from `from` up to, not with, `to`. */
export type ReadBytes = (from: number, to: number) => AsyncIterable<Uint8Array>;

/** Lines of a log of `sizeBytes`, the last one first, some at a time, without what ends them; from at most its last `mostBytes`. */
export async function* linesFromEnd(
  read: ReadBytes,
  sizeBytes: number,
  mostBytes: number,
): AsyncGenerator<readonly string[]> {
  const first = Math.max(0, sizeBytes - mostBytes);
  // The beginning of a line that goes on in front of it.
  let rest: Uint8Array = new Uint8Array(0);
  for (let to = sizeBytes; to > first; ) {
    const from = Math.max(first, to - BLOCK_BYTES);
    const bytes = Buffer.concat([await buffer(read(from, to)), rest]);
    const newline = bytes.indexOf(NEWLINE);
    if (newline >= 0)
      yield bytes
        .toString('utf8', newline + 1)
        .split('\n')
        .reverse()
        .map(endOf);
    rest = newline < 0 ? bytes.subarray(-LONGEST_LINE) : bytes.subarray(0, newline);
    to = from;
  }
  yield [endOf(Buffer.from(rest).toString())];
}

function endOf(line: string): string {
  return line.slice(-LONGEST_LINE).replace(/\r$/, '');
}
