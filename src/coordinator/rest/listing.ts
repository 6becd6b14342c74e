import type { Page } from '../../store/index.ts';
import { type Answer, type Call, keysetPaged, paged, pageOf } from '../http/index.ts';

interface Paging {
  readonly page?: number;
  readonly per_page?: number;
  readonly pagination?: string;
  readonly cursor?: number;
}

/** One more than a page holds: whether there is more is seen without counting. */
export function storePage(query: Paging, order: Page['order']): Page {
  const { perPage, offset } = pageOf(query);
  const isKeyset = query.pagination === 'keyset';
  return {
    limit: perPage + 1,
    offset: isKeyset ? 0 : offset,
    after: isKeyset ? (query.cursor ?? null) : null,
    order,
  };
}

/** The answer to a list that was read with `storePage`. @param total null: not counted. */
export function listed<R extends { readonly id: number }, T>(
  call: Pick<Call, 'base' | 'url'> & { readonly query: Paging },
  records: readonly R[],
  total: number | null,
  show: (record: R) => T,
): Answer {
  const page = pageOf(call.query);
  const here = records.slice(0, page.perPage);
  const items = here.map(show);
  const hasMore = records.length > page.perPage;
  if (call.query.pagination !== 'keyset') return paged({ items, total, hasMore }, page, call.base, call.url);
  const last = hasMore ? here.at(-1) : undefined;
  return keysetPaged(items, last === undefined ? null : { cursor: last.id }, call.base, call.url);
}
