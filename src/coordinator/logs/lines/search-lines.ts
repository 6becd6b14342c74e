import { SearchPace } from '../search-pace.ts';
import { collapseLine, plainText } from './collapse-line.ts';
import type { LinePlace, LineSource } from './line-source.ts';
import { linesOf, type Piece, piecesFrom } from './pieces.ts';

const MOST_HITS = 1_000;
const NEWLINE = 10;
/** One answer looks at so much at most, however fast that is: on S3 it is all read again. */
const MOST_READ_BYTES = 64 * 1024 ** 2;

type Pace = ConstructorParameters<typeof SearchPace>[0] & {
  /** Aborted: nobody waits for what is found any more. */
  readonly signal: AbortSignal;
};

export interface FoundLines {
  readonly lines: readonly number[];
  /** Where to go on; null: all of it was looked at. */
  readonly nextOffset: number | null;
}

/**
 * Looks for a text, without case, in lines as they are shown. Half a second of looking at most, which gives way to others.
 * @param text not empty @param from a byte: 0, or where an answer before said to go on
 */
export async function searchLines(
  source: LineSource,
  { text, from }: { readonly text: string; readonly from: number },
  pace: Pace,
): Promise<FoundLines> {
  if (from >= source.sizeBytes) return { lines: [], nextOffset: null };
  const wanted = text.toLowerCase();
  const turns = new SearchPace(pace);
  const lines: number[] = [];
  const begin = await placeOf(source, from);
  for await (const piece of piecesFrom(source, begin)) {
    turns.begin();
    if (mayHold(piece, wanted)) for (const line of hitsIn(piece, wanted)) lines.push(line);
    const isInTime = turns.isDue() ? await turns.next() : turns.end();
    const { nextOffset } = piece;
    if (nextOffset >= source.sizeBytes) break;
    if (pace.signal.aborted || !isInTime || lines.length >= MOST_HITS || nextOffset - begin.offset > MOST_READ_BYTES)
      return { lines, nextOffset };
  }
  return { lines, nextOffset: null };
}

/** The byte and its number of newlines. */
async function placeOf(source: LineSource, from: number): Promise<LinePlace> {
  const { offset, newlines } = await source.at(from);
  let before = newlines;
  for await (const bytes of source.read(offset, from))
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) before += 1;
  return { offset: from, newlines: before };
}

/** All at once, which is much faster than line by line; a hit may still be in what is not shown. */
function mayHold({ bytes }: Piece, wanted: string): boolean {
  return plainText(bytes.toString()).toLowerCase().includes(wanted);
}

function* hitsIn(piece: Piece, wanted: string): Generator<number> {
  for (const { line, bytes, missing } of linesOf(piece))
    if (plainText(collapseLine(bytes, missing).text).toLowerCase().includes(wanted)) yield line;
}
