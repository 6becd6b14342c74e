import { COUNTED, type Counted, type CountedSet, isDone } from './roll-up.ts';

/** How many jobs count as each kind, in the order of `COUNTED`. */
export type Tally = readonly number[];

const INDEX = new Map<Counted, number>(COUNTED.map((kind, index) => [kind, index]));
const OPEN: readonly number[] = COUNTED.flatMap((kind, index) => (isDone(kind) ? [] : [index]));

export function tallyOf(kinds: readonly Counted[]): Tally {
  const counts = COUNTED.map(() => 0);
  for (const kind of kinds) {
    const index = INDEX.get(kind) ?? -1;
    counts[index] = (counts[index] ?? 0) + 1;
  }
  return counts;
}

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
