import { isDone, TOKENS, type Token, type TokenSet } from './roll-up.ts';

/** How many jobs have each token, in the order of `TOKENS`. */
export type TokenSum = readonly number[];

export const EMPTY_SUM: TokenSum = TOKENS.map(() => 0);

const INDEX = new Map<Token, number>(TOKENS.map((token, index) => [token, index]));
const OPEN: readonly number[] = TOKENS.flatMap((token, index) => (isDone(token) ? [] : [index]));

export function countOf(sum: TokenSum, token: Token): number {
  return sum[INDEX.get(token) ?? -1] ?? 0;
}

export function withToken(sum: TokenSum, token: Token, by: 1 | -1): TokenSum {
  return sum.with(INDEX.get(token) ?? -1, countOf(sum, token) + by);
}

export function tokensIn(sum: TokenSum): TokenSet {
  return sum.reduce((bits, count, index) => (count > 0 ? bits | (1 << index) : bits), 0);
}

/** Every job in the sum is done. */
export function isSumDone(sum: TokenSum): boolean {
  return OPEN.every((index) => sum[index] === 0);
}
