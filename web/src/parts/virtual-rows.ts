import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

/** Up to here all rows are drawn, so that the browser's own search finds everything. */
const MOST_ROWS = 200;
/** Drawn beyond what is seen, on either side. */
const SPARE_ROWS = 20;
/** px, until one has been measured. */
const ROW_PX = 44;

interface Seen {
  readonly count: number;
  /** px of the rows that are above the window. */
  readonly abovePx: number;
  readonly viewPx: number;
  /** px of rows that have been measured; the others are taken to be as high as those are on the average. */
  readonly known: ReadonlyMap<number, number>;
}

/** Rows `from` to `to` (without it) are drawn; the others are this many px of nothing before and after. */
interface Drawn {
  readonly from: number;
  readonly to: number;
  readonly beforePx: number;
  readonly afterPx: number;
}

/** In steps of `SPARE_ROWS`, so that most of scrolling draws nothing. */
export function rowsToDraw({ count, abovePx, viewPx, known }: Seen): Drawn {
  if (count <= MOST_ROWS) return { from: 0, to: count, beforePx: 0, afterPx: 0 };
  const usualPx = averageOf(known);
  /** Of each row, where it begins; behind them, where the last one ends. */
  const tops = [0];
  for (let row = 0; row < count; row++) tops.push((tops[row] ?? 0) + (known.get(row) ?? usualPx));
  const topOf = (row: number): number => tops[row] ?? 0;
  const stepAt = (px: number): number => {
    const below = tops.findIndex((top) => top > px);
    return Math.floor(Math.max(0, (below === -1 ? count : below) - 1) / SPARE_ROWS);
  };
  const from = Math.max(0, (stepAt(abovePx) - 1) * SPARE_ROWS);
  const to = Math.min(count, (stepAt(abovePx + viewPx) + 2) * SPARE_ROWS);
  return { from, to, beforePx: topOf(from), afterPx: topOf(count) - topOf(to) };
}

function averageOf(known: ReadonlyMap<number, number>): number {
  if (known.size === 0) return ROW_PX;
  return Math.max(1, [...known.values()].reduce((sum, px) => sum + px, 0) / known.size);
}

/** Which of many rows are in the document, by where `body` stands in the window. A row is called `data-row`. */
export function useRowsToDraw(count: number, body: RefObject<HTMLElement | null>): Drawn {
  const known = useRef(new Map<number, number>());
  const [drawn, setDrawn] = useState(() =>
    rowsToDraw({ count, abovePx: 0, viewPx: innerHeight, known: known.current }),
  );
  const from = useRef(0);
  from.current = drawn.from;
  useEffect(() => {
    const look = (): void => {
      const { current } = body;
      if (current === null) return;
      if (count > MOST_ROWS) measure(current, from.current, known.current);
      const abovePx = -current.getBoundingClientRect().top;
      const next = rowsToDraw({ count, abovePx, viewPx: innerHeight, known: known.current });
      setDrawn((before) => (JSON.stringify(before) === JSON.stringify(next) ? before : next));
    };
    // Other rows, or as wide as they were not: what was measured says nothing any more.
    const lookAnew = (): void => {
      known.current.clear();
      look();
    };
    lookAnew();
    if (count <= MOST_ROWS) return;
    const leave = new AbortController();
    addEventListener('scroll', look, { passive: true, signal: leave.signal });
    addEventListener('resize', lookAnew, { signal: leave.signal });
    return () => leave.abort();
  }, [count]);
  return drawn;
}

function measure(body: HTMLElement, from: number, known: Map<number, number>): void {
  for (const [index, row] of body.querySelectorAll('[data-row]').entries()) {
    const { height } = row.getBoundingClientRect();
    if (height > 0) known.set(from + index, height);
  }
}
