/** Lines that an address names, both ends included, counted from 0. In the address they count from 1, as GitLab's do. */
export interface LineRange {
  readonly first: number;
  readonly last: number;
}

/** `#L120` and `#L120-180`, and `:120` and `:120-180` as they are typed into the search; null for everything else. */
export function readLineAddress(hash: string): LineRange | null {
  const match = /^(?:#?L|:)([1-9]\d{0,8})(?:-L?([1-9]\d{0,8}))?$/.exec(hash);
  if (match === null) return null;
  const one = Number(match[1]) - 1;
  const other = match[2] === undefined ? one : Number(match[2]) - 1;
  return { first: Math.min(one, other), last: Math.max(one, other) };
}

export function lineAddress({ first, last }: LineRange): string {
  return first === last ? `#L${first + 1}` : `#L${first + 1}-${last + 1}`;
}

/** The range from the beginning of one that is there to a line: what a click with shift names. */
export function extended(range: LineRange | null, line: number): LineRange {
  if (range === null) return { first: line, last: line };
  return line < range.first ? { first: line, last: range.last } : { first: range.first, last: line };
}
