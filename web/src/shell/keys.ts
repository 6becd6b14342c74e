import { areKeysOn, areKeysShown } from '../state/keys.ts';

/**
 * Keys of one letter outside of the log, which has its own. They only move the focus, to what stands in the view as `data-row` or
 * `data-key`: what cannot be undone takes an Enter besides, and nothing leads to Force cancel.
 */
const KEYS: Readonly<Record<string, () => boolean>> = {
  j: () => moveTo(1),
  k: () => moveTo(-1),
  c: () => focusOn('[data-key="c"]'),
  r: () => focusOn('[data-key="r"]'),
  '/': () => focusOn('[data-key="/"]', document),
  '?': () => {
    areKeysShown.value = true;
    return true;
  },
};

/** Call once; ends with the page. */
export function listenToKeys(): void {
  addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !areKeysOn.peek()) return;
    // One that is written into is seen through the shadow that it may stand in.
    if (isField(event.composedPath()[0]) || document.querySelector('dialog[open]') !== null) return;
    if (KEYS[event.key]?.() === true) event.preventDefault();
  });
}

function isField(target: EventTarget | undefined): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches('input:not([type="checkbox"], [type="radio"]), textarea, select');
}

/** The row after that of the focus, or before it. */
function moveTo(step: 1 | -1): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>('main [data-row]')].filter((row) => row.checkVisibility());
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const next = at === -1 ? rows.at(step === 1 ? 0 : -1) : rows[Math.max(0, at + step)];
  const link = next?.matches('a') === true ? next : next?.querySelector<HTMLElement>('a[href]');
  link?.focus();
  return link != null;
}

/** In the row of the focus; else in the view, if there is only one. */
function focusOn(selector: string, within: ParentNode = rowOfFocus() ?? document): boolean {
  const found = [...within.querySelectorAll<HTMLElement>(selector)];
  if (found.length !== 1) return false;
  found[0]?.focus();
  return true;
}

function rowOfFocus(): Element | null {
  return document.activeElement?.closest('[data-row]') ?? null;
}
