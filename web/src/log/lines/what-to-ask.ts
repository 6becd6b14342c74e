import type { Extent } from './answers.ts';
import { type HeldLines, WINDOW } from './held-lines.ts';

/** Lines `[from, to)`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Lines that are asked for before and after those that are wanted, so that a reader who scrolls meets them there. */
const AHEAD = 200;

/** Lines of the first question: no more than a screen's worth on either side of the first, for the log to be there at once; `want` asks for what is around them. */
const FIRST = 64;

/** What to ask `trace/lines` for next: first what is to be seen, with what of its window is missing, then what is near. */
export function whatToAsk(
  held: HeldLines,
  extent: Extent | null,
  wanted: Span | null,
  first: number | null,
): { readonly from: number; readonly count: number } | null {
  if (extent === null) return { from: first === null ? -FIRST : Math.max(0, first - FIRST / 2), count: FIRST };
  if (wanted === null) return null;
  const start = Math.max(0, wanted.from - AHEAD);
  const end = Math.min(wanted.to + AHEAD, extent.total);
  const seen = held.missing(wanted.from, Math.min(wanted.to, extent.total));
  if (seen === null) return held.missing(start, end);
  const window = Math.floor(seen.from / WINDOW) * WINDOW;
  // The rest of the window costs the same request: ahead of it in the direction that a reader most often takes.
  return {
    from: seen.from,
    count: held.missing(seen.from, Math.min(window + WINDOW, extent.total))?.count ?? seen.count,
  };
}
