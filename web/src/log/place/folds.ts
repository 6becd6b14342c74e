/** A section of a log, as `trace/lines` and the stream say it. Lines count from 0. */
export interface Section {
  readonly name: string;
  readonly is_collapsed: boolean;
  /** The line of its header, which stays when it is folded. */
  readonly start_line: number;
  /** The line with its end, which stays too; null: it is still open. */
  readonly end_line: number | null;
  readonly started_at: string;
  readonly ended_at: string | null;
}

/** Lines `[from, to)` that are not shown; `before` of them are hidden ahead of `from`. */
interface Hidden {
  readonly from: number;
  readonly to: number;
  readonly before: number;
}

/** Which lines are shown. A *row* is a shown line's place among those shown. */
export interface Folds {
  readonly hidden: readonly Hidden[];
  /** How many lines are hidden. */
  readonly count: number;
}

export const NO_FOLDS: Folds = { hidden: [], count: 0 };

/** The folds of those sections of a log of `total` lines that are folded, which may lie in each other. */
export function foldsOf(folded: readonly Section[], total: number): Folds {
  const ranges = folded
    .map(({ start_line, end_line }) => ({ from: start_line + 1, to: Math.min(end_line ?? total, total) }))
    .filter(({ from, to }) => to > from)
    .sort((a, b) => a.from - b.from || a.to - b.to);
  const hidden: Hidden[] = [];
  let count = 0;
  let end = 0;
  for (const range of ranges) {
    const from = Math.max(range.from, end);
    if (range.to <= from) continue;
    hidden.push({ from, to: range.to, before: count });
    count += range.to - from;
    end = range.to;
  }
  return { hidden, count };
}

/** The row of a line; of a hidden one, the row of the last line shown before it. */
export function rowOf({ hidden }: Folds, line: number): number {
  const last = hidden[lastWhere(hidden, ({ from }) => from <= line)];
  if (last === undefined) return line;
  return line < last.to ? last.from - last.before - 1 : line - last.before - (last.to - last.from);
}

export function lineOf({ hidden }: Folds, row: number): number {
  const last = hidden[lastWhere(hidden, ({ from, before }) => from - before <= row)];
  return last === undefined ? row : row + last.before + (last.to - last.from);
}

export function isHidden({ hidden }: Folds, line: number): boolean {
  const last = hidden[lastWhere(hidden, ({ from }) => from <= line)];
  return last !== undefined && line < last.to;
}

/** The last index for which `holds` is true, which it is up to some place and not after; -1 for none. */
function lastWhere(hidden: readonly Hidden[], holds: (one: Hidden) => boolean): number {
  let low = -1;
  let high = hidden.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const one = hidden[middle];
    if (one !== undefined && holds(one)) low = middle;
    else high = middle - 1;
  }
  return low;
}
