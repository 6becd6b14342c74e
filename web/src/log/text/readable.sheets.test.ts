import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { contrastOf, type Hex, hexOf, type Oklab } from './contrast.ts';
import { GROUNDS } from './readable.ts';

const SOURCES = join(import.meta.dirname, '../..');
const SHEETS = ['styles/tokens.css', 'log/view/log-text.css', 'log/view/log.css']
  .map((name) => readFileSync(join(SOURCES, name), 'utf8'))
  .join('\n');
const THEMES = ['light', 'dark'] as const;
type Theme = (typeof THEMES)[number];
const SIXTEEN = Array.from({ length: 16 }, (_, i) => i);

/** A colour that a sheet writes as `BEFORE light-dark(oklch(…), oklch(…))`. */
function written(before: string, theme: Theme): Oklab {
  const begin = SHEETS.indexOf(`${before} light-dark(`);
  const colours = [...SHEETS.slice(begin, begin + 200).matchAll(/oklch\(([\d.]+)% ([\d.]+) ([\d.]+)deg\)/g)];
  const [, lightness, chroma, hue] = colours[THEMES.indexOf(theme)] ?? [];
  if (begin < 0 || hue === undefined) throw new Error(`no sheet has ${before}`);
  const angle = (Number(hue) * Math.PI) / 180;
  return [Number(lightness) / 100, Number(chroma) * Math.cos(angle), Number(chroma) * Math.sin(angle)];
}

const token = (name: string, theme: Theme) => written(`--${name}:`, theme);

/** Grounds of rows: the page's, and it with some of another colour in it. */
function rowsOf(theme: Theme): readonly Hex[] {
  const ground = token('ground', theme);
  const tints = [...SHEETS.matchAll(/color-mix\(in oklab, var\(--(warn|bad|accent)\) (\d+)%, var\(--ground\)\)/g)];
  expect(tints).toHaveLength(3);
  const mixed = tints.map(([, name = '', percent]) => {
    const [part, tint] = [Number(percent) / 100, token(name === 'accent' ? 'busy' : name, theme)];
    return ground.map((one, i) => one * (1 - part) + (tint[i] ?? 0) * part) as unknown as Oklab;
  });
  return [ground, ...mixed].map(hexOf);
}

const groundsOf = (theme: Theme) => SIXTEEN.map((n) => hexOf(written(`.log-ground-${n} {\n  background:`, theme)));

it.each(THEMES)('%s: no ground of the sheets is worse than what inks are made for', (theme) => {
  const far = theme === 'light' ? '#000000' : '#ffffff';
  const isWorse = (worst: Hex) => (ground: Hex) => contrastOf(far, ground) < contrastOf(far, worst);
  expect(rowsOf(theme).filter(isWorse(GROUNDS.row[theme]))).toEqual([]);
  expect(groundsOf(theme).filter(isWorse(GROUNDS.sixteen[theme]))).toEqual([]);
  const ink = hexOf(token('ink', theme));
  const other = theme === 'light' ? '#ffffff' : '#000000';
  expect(contrastOf(other, ink)).toBeGreaterThanOrEqual(contrastOf(other, GROUNDS.inverse[theme]));
});

it.each(THEMES)(
  '%s: the theme’s inks can be read on every row, and its ink on every ground of the sixteen',
  (theme) => {
    const inks = [...SIXTEEN.map((n) => `log-${n}`), ...['ink', 'ink-soft', 'busy', 'bad', 'warn']].map((name) =>
      hexOf(token(name, theme)),
    );
    const pairs = rowsOf(theme).flatMap((ground) => inks.map((ink) => [ink, ground] as const));
    pairs.push(...groundsOf(theme).map((ground) => [hexOf(token('ink', theme)), ground] as const));
    pairs.push([hexOf(token('ground', theme)), hexOf(token('ink', theme))]);
    expect(pairs.filter(([ink, ground]) => contrastOf(ink, ground) < 4.5)).toEqual([]);
  },
);
