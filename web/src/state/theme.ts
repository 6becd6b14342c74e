import { effect, signal } from '@preact/signals';
import { readChoice, writeChoice } from './choice.ts';

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const KEY = 'epilogue-theme';

/** `auto` is what the system says. Kept in this browser. */
export const theme = signal<Theme>(readTheme());

effect(() => {
  const chosen = theme.value;
  if (chosen === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
  writeChoice(KEY, chosen);
});

function readTheme(): Theme {
  return THEMES.find((one) => one === readChoice(KEY)) ?? 'auto';
}
