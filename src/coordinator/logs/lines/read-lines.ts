import { collapseLine } from './collapse-line.ts';
import { coloursLeft } from './colours.ts';
import type { LineSource } from './line-source.ts';
import { linesOf, type Piece, piecesFrom } from './pieces.ts';

export const MOST_LINES = 1_000;
const MOST_BYTES = 1024 ** 2;
/** What is read for one answer: of a log with very long lines it then has fewer. */
const MOST_READ_BYTES = 16 * 1024 ** 2;

/** Lines as they are shown. */
export interface ShownLines {
  /** Number of the first one; lines count from 0. */
  readonly from: number;
  readonly lines: readonly string[];
  /** Lines of which bytes were left out in front. */
  readonly cut: readonly { readonly line: number; readonly bytes: number }[];
  /** Escape sequences of the colours that are on where the first one begins. */
  readonly style: string;
}

/**
 * At most `count` lines from one on, fewer where they come to more than 1 MiB, at least one unless the log ends there. @param from past the end is the end.
 * @throws as `LineSource`
 */
export async function readLines(source: LineSource, from: number, count: number): Promise<ShownLines> {
  const first = Math.min(from, source.total);
  const window = { first, count: Math.min(count, source.total - first), lines: [], cut: [], style: '', bytes: 0 };
  if (window.count > 0) {
    const place = await source.before(first);
    for await (const piece of piecesFrom(source, place)) {
      if (take(window, piece) || piece.nextOffset - place.offset > MOST_READ_BYTES + piece.missing) break;
    }
  }
  const { lines, cut, style } = window;
  return { from: first, lines, cut, style };
}

interface Window {
  readonly first: number;
  readonly count: number;
  readonly lines: string[];
  readonly cut: { readonly line: number; readonly bytes: number }[];
  style: string;
  bytes: number;
}

/** Whether the window is full then. */
function take(window: Window, piece: Piece): boolean {
  for (const { line, bytes, missing } of linesOf(piece)) {
    if (line < window.first) {
      window.style = coloursLeft(window.style + bytes.toString());
      continue;
    }
    const { text, cutBytes } = collapseLine(bytes, missing);
    window.bytes += Buffer.byteLength(text);
    if (window.lines.length > 0 && window.bytes > MOST_BYTES) return true;
    window.lines.push(text);
    if (cutBytes > 0) window.cut.push({ line, bytes: cutBytes });
    if (window.lines.length >= window.count) return true;
  }
  return false;
}
