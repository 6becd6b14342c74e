import { effect } from '@preact/signals';
import { titleStatus } from '../state/title.ts';
import { STATUS_WORDS } from '../words/status.ts';
import bad from './favicons/bad.svg';
import busy from './favicons/busy.svg';
import good from './favicons/good.svg';
import idle from './favicons/idle.svg';
import still from './favicons/still.svg';
import warn from './favicons/warn.svg';

/** Each of another shape, too: a tab's icon is small, and not everybody sees its colour. */
const ICONS = { good, bad, busy, warn, idle: still, hand: still, faint: still } as const;

/** Keeps the tab's icon at what the view says, until the page goes. Call once. */
export function showStatusInTab(): void {
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  if (link === null) return;
  effect(() => {
    const status = titleStatus.value;
    link.href = status === null ? idle : ICONS[STATUS_WORDS[status].hue];
  });
}
