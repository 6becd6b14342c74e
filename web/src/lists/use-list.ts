import type { AnswerOf, Given, Result, RouteKey } from '../api/call.ts';
import { useAnswer } from '../api/use-answer.ts';

/** Routes that answer a list, a page at a time. */
type ListKey = {
  readonly [K in RouteKey]: AnswerOf<K> extends readonly unknown[] ? K : never;
}[RouteKey];
type ItemOf<K extends ListKey> = AnswerOf<K> extends readonly (infer T)[] ? T : never;

export interface List<T> {
  /** Null: no answer has come yet. */
  readonly result: Result<readonly T[]> | null;
  /** From 1; what the address says in `page`. */
  readonly page: number;
  readonly hasMore: boolean;
  /** How many there are on all pages; null: they are not counted. */
  readonly total: number | null;
  readonly again: () => void;
}

const PER_PAGE = 50;

/** One page of a list, the one that the address names. @param query of the address */
export function useList<K extends ListKey>(key: K, given: Given<K>, query: URLSearchParams): List<ItemOf<K>> {
  const page = Math.max(1, Math.trunc(Number(query.get('page'))) || 1);
  const { query: filter = {}, ...rest } = given as { readonly query?: object };
  const asked = { ...rest, query: { ...filter, page, per_page: PER_PAGE } } as unknown as Given<K>;
  const { result, again } = useAnswer(key, asked);
  const headers = result?.ok === true ? result.headers : null;
  const total = headers?.get('x-total') ?? null;
  return {
    result: result as Result<readonly ItemOf<K>[]> | null,
    page,
    hasMore: (headers?.get('x-next-page') ?? '') !== '',
    total: total === null ? null : Number(total),
    again,
  };
}
