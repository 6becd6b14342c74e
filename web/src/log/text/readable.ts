import { contrastOf, type Hex, hexOf, oklabOf } from './contrast.ts';

/** WCAG 2.2 AA for text of this size. */
const ENOUGH = 4.5;
const BLACK = '#000000';
const WHITE = '#ffffff';
/** Halves of the way to black or white: to half a step of a channel. */
const HALVES = 8;
/** Inks that are remembered at most, of each ground: then it begins anew. */
const MOST_KNOWN = 4_000;

/**
 * The theme's grounds that a job's ink may stand on; of each kind the one on which least can be read, rounded to what is worse still
 * (a test holds them to the sheets). `row`: the page's and the tinted one of a line that is named; `sixteen`: grounds of the terminal's
 * sixteen colours; `inverse`: the theme's own ink.
 */
export const GROUNDS = {
  row: { light: '#dee8f6', dark: '#1c252f' },
  sixteen: { light: '#a7d5f8', dark: '#7d3c39' },
  inverse: { light: '#1c2028', dark: '#e4e7eb' },
} as const;
export type ThemeGround = keyof typeof GROUNDS;

const known = new Map<ThemeGround, Map<Hex, string>>();

/** A job's ink on a ground of the theme, in both themes: where it cannot be read there, lighter or darker by as little as suffices. As CSS. */
export function inkOnTheme(ink: Hex, kind: ThemeGround): string {
  const inks = known.get(kind) ?? new Map<Hex, string>();
  known.set(kind, inks);
  const before = inks.get(ink);
  if (before !== undefined) return before;
  if (inks.size >= MOST_KNOWN) inks.clear();
  const [light, dark] = [readableOn(ink, GROUNDS[kind].light), readableOn(ink, GROUNDS[kind].dark)];
  const css = light === dark ? light : `light-dark(${light}, ${dark})`;
  inks.set(ink, css);
  return css;
}

/** An ink on a ground that a job gave too, the same in both themes: as it is, or black or white where it (or the theme's, null) cannot be read. */
export function inkOnOwn(ink: Hex | null, ground: Hex): Hex {
  return ink !== null && contrastOf(ink, ground) >= ENOUGH ? ink : farthestFrom(ground);
}

/** Of the same hue, for it goes straight to black or white, which one of the two always suffices. */
function readableOn(ink: Hex, ground: Hex): Hex {
  if (contrastOf(ink, ground) >= ENOUGH) return ink;
  const end = farthestFrom(ground);
  const [from, to] = [oklabOf(ink), oklabOf(end)];
  const at = (part: number) => hexOf([from[0] + (to[0] - from[0]) * part, from[1] * (1 - part), from[2] * (1 - part)]);
  let tooFew = 0;
  let enough = 1;
  for (let i = 0; i < HALVES; i += 1) {
    const middle = (tooFew + enough) / 2;
    if (contrastOf(at(middle), ground) >= ENOUGH) enough = middle;
    else tooFew = middle;
  }
  return enough === 1 ? end : at(enough);
}

function farthestFrom(ground: Hex): Hex {
  return contrastOf(BLACK, ground) > contrastOf(WHITE, ground) ? BLACK : WHITE;
}
