import { Type } from 'typebox';
import type { Answer } from './answer.ts';

/** Query parameters of every list. */
export const PAGING = {
  page: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000, default: 1 })),
  per_page: Type.Optional(Type.Integer({ minimum: 1, default: 20, description: 'at most 100' })),
};

export const MOST_PER_PAGE = 100;

export interface Page {
  /** From 1. */
  readonly page: number;
  readonly perPage: number;
  readonly offset: number;
}

export function pageOf(query: { readonly page?: number; readonly per_page?: number }): Page {
  const page = query.page ?? 1;
  const perPage = Math.min(query.per_page ?? 20, MOST_PER_PAGE);
  return { page, perPage, offset: (page - 1) * perPage };
}

export interface Listed<T> {
  readonly items: readonly T[];
  /** Null: not counted, as GitLab does not count a project's jobs. Whether there is a next page is then told by `hasMore`. */
  readonly total: number | null;
  readonly hasMore?: boolean;
}

/**
 * One page with the headers that clients go on by: python-gitlab follows `Link`, gitbeaker reads `x-next-page`.
 * @param url of the request, without host.
 */
export function paged<T>(
  { items, total, hasMore }: Listed<T>,
  { page, perPage }: Page,
  base: string,
  url: string,
): Answer {
  const pages = total === null ? null : Math.max(1, Math.ceil(total / perPage));
  const isMore = pages === null ? hasMore === true : page < pages;
  const link = (rel: string, to: number): string =>
    `<${addressOf(base, url, { page: to, per_page: perPage })}>; rel="${rel}"`;
  const links = [
    ...(page > 1 ? [link('prev', page - 1)] : []),
    ...(isMore ? [link('next', page + 1)] : []),
    link('first', 1),
    ...(pages === null ? [] : [link('last', pages)]),
  ];
  const headers = {
    'x-page': page,
    'x-per-page': perPage,
    'x-prev-page': page > 1 ? page - 1 : '',
    'x-next-page': isMore ? page + 1 : '',
    ...(total === null || pages === null ? {} : { 'x-total': total, 'x-total-pages': pages }),
    link: links.join(', '),
  };
  return { status: 200, body: items, headers };
}

/** `pagination=keyset`: only the way on. @param next parameters of the next page; null: this is the last. */
export function keysetPaged<T>(
  items: readonly T[],
  next: Readonly<Record<string, string | number>> | null,
  base: string,
  url: string,
): Answer {
  if (next === null) return { status: 200, body: items };
  return { status: 200, body: items, headers: { link: `<${addressOf(base, url, next)}>; rel="next"` } };
}

/** Credentials in a query stay out of the addresses that we make. */
function addressOf(base: string, url: string, parameters: Readonly<Record<string, string | number>>): string {
  // Never resolved against it: a path that begins with two slashes would name another host.
  const address = new URL(base);
  const at = url.indexOf('?');
  address.pathname = at < 0 ? url : url.slice(0, at);
  address.search = at < 0 ? '' : url.slice(at);
  for (const secret of SECRET_PARAMETERS) address.searchParams.delete(secret);
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, String(value));
  return address.href;
}

export const SECRET_PARAMETERS = ['private_token', 'access_token', 'job_token', 'token'] as const;
