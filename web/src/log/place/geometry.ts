/**
 * Where a reader is in a log: the topmost row, and how many pixels of it are above the view. The browser's scroller is at most
 * {@link MAX_SCROLLER} high, because browsers know no greater height than 16 million pixels; a log of a million lines has 24. So the
 * position is the truth and the scroller its picture: a small move of the scroller (wheel, keys, touch) moves the position by as many
 * pixels, a great one (the bar was dragged) puts it where the scroller stands in proportion. Where all rows fit, both are the same.
 */
export interface Position {
  readonly row: number;
  readonly px: number;
}

/** What rows measure: with wrapped lines only those that were drawn are known. */
export interface Heights {
  /** Rows there are. */
  readonly rows: number;
  /** Of the view. */
  readonly view: number;
  /** Of a row that is not in `known`. */
  readonly usual: number;
  /** Of rows that differ, by row; null when none does, which makes all sums products. */
  readonly known: ReadonlyMap<number, number> | null;
}

export const TOP: Position = { row: 0, px: 0 };
const MAX_SCROLLER = 8_000_000;

export function scrollerHeight(heights: Heights): number {
  return Math.max(heights.view, Math.min(MAX_SCROLLER, contentHeight(heights)));
}

/** Whether the scroller is no picture but the thing itself. */
function isExact(heights: Heights): boolean {
  return heights.known === null && contentHeight(heights) <= MAX_SCROLLER;
}

function contentHeight({ rows, usual }: Heights): number {
  return rows * usual;
}

/** Moves of the scroller up to here are a wheel's or a key's: the bar moves by more for each pixel of the pointer. */
export function greatestStep(heights: Heights): number {
  return Math.max(scrollerHeight(heights) / heights.view / 2, heights.view * 1.5);
}

/** The position that belongs to a place of the scroller. */
export function positionAt(heights: Heights, scrollTop: number): Position {
  if (isExact(heights)) return moveBy(heights, TOP, scrollTop);
  const room = scrollerHeight(heights) - heights.view;
  const last = lastPosition(heights);
  const share = room <= 0 ? 0 : Math.min(1, Math.max(0, scrollTop / room));
  if (share === 1) return last;
  const rows = (last.row + last.px / heightOf(heights, last.row)) * share;
  const row = Math.floor(rows);
  return clamp(heights, { row, px: Math.round((rows - row) * heightOf(heights, row)) });
}

/** The place of the scroller that belongs to a position. */
export function scrollTopOf(heights: Heights, { row, px }: Position): number {
  if (isExact(heights)) return row * heights.usual + px;
  const last = lastPosition(heights);
  const end = last.row + last.px / heightOf(heights, last.row);
  const share = end <= 0 ? 0 : Math.min(1, (row + px / heightOf(heights, row)) / end);
  return Math.round(share * (scrollerHeight(heights) - heights.view));
}

/** A position moved by pixels, down if positive; it stops at the ends. */
export function moveBy(heights: Heights, from: Position, pixels: number): Position {
  if (heights.known === null) {
    const all = Math.max(0, from.row * heights.usual + from.px + pixels);
    const row = Math.floor(all / heights.usual);
    return clamp(heights, { row, px: all - row * heights.usual });
  }
  let { row } = from;
  let px = from.px + pixels;
  while (px < 0 && row > 0) {
    row -= 1;
    px += heightOf(heights, row);
  }
  while (row < heights.rows - 1 && px >= heightOf(heights, row)) {
    px -= heightOf(heights, row);
    row += 1;
  }
  return clamp(heights, { row, px: Math.max(0, px) });
}

/** The position from which the end is seen. */
export function lastPosition(heights: Heights): Position {
  if (heights.known === null) {
    const top = Math.max(0, contentHeight(heights) - heights.view);
    const row = Math.floor(top / heights.usual);
    return { row, px: top - row * heights.usual };
  }
  let room = heights.view;
  for (let row = heights.rows - 1; row >= 0; row -= 1) {
    room -= heightOf(heights, row);
    if (room <= 0) return { row, px: -room };
  }
  return TOP;
}

export function isAtEnd(heights: Heights, { row, px }: Position): boolean {
  const last = lastPosition(heights);
  return row > last.row || (row === last.row && px >= last.px - 2);
}

/** The position that shows a row a third down the view, where it is not at an end. */
export function positionOfRow(heights: Heights, row: number): Position {
  return moveBy(heights, { row: Math.max(0, Math.min(row, heights.rows - 1)), px: 0 }, -Math.floor(heights.view / 3));
}

/** The rows that are seen from a position, `[from, to)`, with `more` on either side. */
export function rowsInView(heights: Heights, { row, px }: Position, more: number): { from: number; to: number } {
  let to = row;
  for (let room = heights.view + px; room > 0 && to < heights.rows; to += 1) room -= heightOf(heights, to);
  return { from: Math.max(0, row - more), to: Math.min(heights.rows, to + more) };
}

function heightOf({ known, usual }: Heights, row: number): number {
  return known?.get(row) ?? usual;
}

function clamp(heights: Heights, position: Position): Position {
  const last = lastPosition(heights);
  if (position.row > last.row || (position.row === last.row && position.px > last.px)) return last;
  return position;
}
