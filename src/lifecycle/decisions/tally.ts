import { COUNTED, type Counted, type CountedSet, isDone } from './roll-up.ts';

/** How many jobs count as each kind, in the order of `COUNTED`. */
export type Tally = readonly number[];

export const EMPTY_TALLY: Tally = COUNTED.map(() => 0);

const INDEX = new Map<Counted, number>(COUNTED.map((kind, index) => [kind, index]));
const OPEN: readonly number[] = COUNTED.flatMap((kind, index) => (isDone(kind) ? [] : [index]));

export function countOf(sum: Tally, kind: Counted): number {
  return sum[INDEX.get(kind) ?? -1] ?? 0;
}

export function recount(sum: Tally, kind: Counted, by: 1 | -1): Tally {
  return sum.with(INDEX.get(kind) ?? -1, countOf(sum, kind) + by);
}

export function countedIn(sum: Tally): CountedSet {
  return sum.reduce((bits, count, index) => (count > 0 ? bits | (1 << index) : bits), 0);
}

/** Every job in the sum is done. */
export function isTallyDone(sum: Tally): boolean {
  return OPEN.every((index) => sum[index] === 0);
}
