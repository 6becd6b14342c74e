import { computed, signal } from '@preact/signals';

/** Where the page is: path, query and hash, as one string. */
const href = signal(currentHref());

export interface Address {
  readonly path: string;
  readonly query: URLSearchParams;
  /** Without `#`. */
  readonly hash: string;
}

export const address = computed<Address>(() => {
  const { pathname, searchParams, hash } = new URL(href.value, location.origin);
  return { path: pathname, query: searchParams, hash: hash.slice(1) };
});

/** A new step in the history. `replace`: the present one is another then (filters while one types). */
export function go(to: string, how: 'push' | 'replace' = 'push'): void {
  if (how === 'push') history.pushState(null, '', to);
  else history.replaceState(null, '', to);
  const before = address.peek().path;
  href.value = currentHref();
  if (how === 'push' && before !== address.peek().path) scrollTo(0, 0);
}

/** The same path with other parameters; those that are empty are left out. */
export function withQuery(changes: Readonly<Record<string, string | null>>): string {
  const { path, query } = address.value;
  const next = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === '') next.delete(name);
    else next.set(name, value);
  }
  return next.size === 0 ? path : `${path}?${next}`;
}

/**
 * Follows links to views without loading the page anew, and the buttons for back and forward. Call once. `prepare` hears of each link to a
 * view that the pointer or the focus comes to, mostly a tenth of a second before it is pressed.
 */
export function followLinks(hasView: (path: string) => boolean, prepare: (path: string) => void): void {
  for (const name of ['pointerover', 'focusin'] as const) {
    document.addEventListener(name, ({ target }) => {
      const link = target instanceof Element ? ownLink(target) : null;
      if (link !== null && hasView(link.pathname)) prepare(link.pathname);
    });
  }
  addEventListener('popstate', () => {
    href.value = currentHref();
  });
  document.addEventListener('click', (event) => {
    const link = linkOf(event);
    if (link === null || !hasView(link.pathname)) return;
    event.preventDefault();
    const to = `${link.pathname}${link.search}${link.hash}`;
    if (to !== href.value) go(to);
  });
}

/** The link that a plain click is on, else null: new tabs, downloads and other hosts are the browser's. */
function linkOf(event: MouseEvent): HTMLAnchorElement | null {
  if (event.defaultPrevented || event.button !== 0) return null;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null;
  return event.target instanceof Element ? ownLink(event.target) : null;
}

/** The link around an element that leads to this host, in this window. */
function ownLink(element: Element): HTMLAnchorElement | null {
  const anchor = element.closest('a[href]');
  if (!(anchor instanceof HTMLAnchorElement) || anchor.target !== '' || anchor.hasAttribute('download')) return null;
  return anchor.origin === location.origin ? anchor : null;
}

function currentHref(): string {
  return `${location.pathname}${location.search}${location.hash}`;
}
