import { computed, signal } from '@preact/signals';
import type { Entry } from './entry.ts';
import type { Params } from './pattern.ts';
import { TABLE } from './table.ts';

/** Where the page is: path, query and hash, as one string. */
const href = signal(currentHref());

export interface Place {
  /** Null: no view has this address. */
  readonly entry: Entry | null;
  readonly path: string;
  readonly params: Params;
  readonly query: URLSearchParams;
  readonly hash: string;
}

export const place = computed<Place>(() => placeOf(href.value));

/** A new step in the history. `replace`: the present one is another then (filters while one types). */
export function go(to: string, how: 'push' | 'replace' = 'push'): void {
  if (how === 'push') history.pushState(null, '', to);
  else history.replaceState(null, '', to);
  const before = href.value;
  href.value = currentHref();
  if (how === 'push' && pathOf(before) !== pathOf(href.value)) scrollTo(0, 0);
}

/** The same path with other parameters; those that are empty are left out. */
export function withQuery(changes: Readonly<Record<string, string | null>>): string {
  const { path, query } = place.value;
  const next = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === '') next.delete(name);
    else next.set(name, value);
  }
  return next.size === 0 ? path : `${path}?${next}`;
}

/** Follows links of this page without loading it anew, and the buttons for back and forward. Call once. */
export function followLinks(): void {
  addEventListener('popstate', () => {
    href.value = currentHref();
  });
  document.addEventListener('click', (event) => {
    const link = linkOf(event);
    if (link === null || placeOf(link).entry === null) return;
    event.preventDefault();
    if (link !== href.value) go(link);
  });
}

/** Where a plain click on a link of ours leads, else null: new tabs, downloads and other hosts are the browser's. */
function linkOf(event: MouseEvent): string | null {
  if (event.defaultPrevented || event.button !== 0) return null;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null;
  const anchor = event.target instanceof Element ? event.target.closest('a[href]') : null;
  if (!(anchor instanceof HTMLAnchorElement) || anchor.target !== '' || anchor.hasAttribute('download')) return null;
  if (anchor.origin !== location.origin) return null;
  return `${anchor.pathname}${anchor.search}${anchor.hash}`;
}

function placeOf(address: string): Place {
  const url = new URL(address, location.origin);
  const common = { path: url.pathname, query: url.searchParams, hash: url.hash.slice(1) };
  for (const entry of TABLE) {
    const params = entry.match(url.pathname);
    if (params !== null) return { ...common, entry, params };
  }
  return { ...common, entry: null, params: {} };
}

function pathOf(address: string): string {
  return new URL(address, location.origin).pathname;
}

function currentHref(): string {
  return `${location.pathname}${location.search}${location.hash}`;
}
