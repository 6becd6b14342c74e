import type { Hex } from './contrast.ts';

/** A colour: 0…15 are the theme's (a class), every other one is written out as `#rrggbb`. */
export type Colour = number | Hex;

/** How a piece of a log's line looks. Concealed text is no style: nothing in a log is hidden from who reads it. */
export interface Style {
  readonly fg: Colour | null;
  readonly bg: Colour | null;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
  readonly strike: boolean;
  readonly inverse: boolean;
}

export const PLAIN: Style = {
  fg: null,
  bg: null,
  bold: false,
  dim: false,
  italic: false,
  underline: false,
  strike: false,
  inverse: false,
};

/** What codes without arguments do; a code that is not here changes nothing. */
const SIMPLE: Readonly<Record<number, Partial<Style>>> = {
  0: PLAIN,
  1: { bold: true },
  2: { dim: true },
  3: { italic: true },
  4: { underline: true },
  7: { inverse: true },
  9: { strike: true },
  21: { underline: true },
  22: { bold: false, dim: false },
  23: { italic: false },
  24: { underline: false },
  27: { inverse: false },
  29: { strike: false },
  39: { fg: null },
  49: { bg: null },
};

/** Effects of sequences that are remembered at most: then it begins anew. */
const MOST_KNOWN = 10_000;
/** A longer one is read each time: a hostile log would have one of its own in every line, as long as that. */
const LONGEST_KNOWN = 64;
/** Of each style what it becomes by a sequence; a look is one object, by which its next ones are found. */
const effects = new Map<Style, Map<string, Style>>();
const looks = new Map<string, Style>();
let known = 0;

/**
 * The style after one SGR sequence, of which `body` is what stands between `ESC [` and `m`: `1;38;5;208`, `38:2::255:0:0`, ``.
 * What is none (letters, codes nobody knows) changes nothing. Remembered, for a log may have hundreds of the same in every line.
 */
export function applySgr(style: Style, body: string): Style {
  const before = effects.get(style)?.get(body);
  if (before !== undefined) return before;
  if (body.length > LONGEST_KNOWN) return oneOf(readSgr(style, body));
  if (known >= MOST_KNOWN) {
    effects.clear();
    looks.clear();
    known = 0;
  }
  known += 1;
  const after = oneOf(readSgr(style, body));
  const ofStyle = effects.get(style) ?? new Map<string, Style>();
  effects.set(style, ofStyle.set(body, after));
  return after;
}

/** The same object for the same look. */
function oneOf(style: Style): Style {
  const name = Object.values({ ...PLAIN, ...style }).join(' ');
  const one = looks.get(name) ?? style;
  looks.set(name, one);
  return one;
}

function readSgr(style: Style, body: string): Style {
  const params = body.split(';');
  let next = style;
  for (let i = 0; i < params.length; i += 1) {
    const parts = (params[i] ?? '').split(':');
    const code = Number(parts[0] || 0);
    if (code === 38 || code === 48 || code === 58) {
      const read = parts.length > 1 ? colourOfParts(parts) : colourOfParams(params, i);
      if (read.colour !== null && code !== 58) next = { ...next, [code === 38 ? 'fg' : 'bg']: read.colour };
      i += read.used;
    } else {
      next = { ...next, ...(code === 4 && parts[1] === '0' ? SIMPLE[24] : (SIMPLE[code] ?? basic(code))) };
    }
  }
  return next;
}

function basic(code: number): Partial<Style> {
  if (code >= 30 && code <= 37) return { fg: code - 30 };
  if (code >= 40 && code <= 47) return { bg: code - 40 };
  if (code >= 90 && code <= 97) return { fg: code - 90 + 8 };
  if (code >= 100 && code <= 107) return { bg: code - 100 + 8 };
  return {};
}

interface ReadColour {
  readonly colour: Colour | null;
  /** How many parameters after the first belong to it. */
  readonly used: number;
}

/** `38:5:N`, `38:2:R:G:B` and `38:2:SPACE:R:G:B`. */
function colourOfParts(parts: readonly string[]): ReadColour {
  if (parts[1] === '5') return { colour: indexed(parts[2]), used: 0 };
  if (parts[1] !== '2') return { colour: null, used: 0 };
  return { colour: rgb(parts.length > 5 ? parts.slice(3, 6) : parts.slice(2, 5)), used: 0 };
}

/** `38;5;N` and `38;2;R;G;B`. */
function colourOfParams(params: readonly string[], at: number): ReadColour {
  const kind = params[at + 1];
  if (kind === '5') return { colour: indexed(params[at + 2]), used: 2 };
  if (kind === '2') return { colour: rgb(params.slice(at + 2, at + 5)), used: 4 };
  return { colour: null, used: 0 };
}

/** The 256 colours: the theme's 16, a cube of 6 × 6 × 6, 24 greys. */
function indexed(text: string | undefined): Colour | null {
  const n = byte(text);
  if (n === null || n < 16) return n;
  if (n >= 232) return hex([8 + (n - 232) * 10, 8 + (n - 232) * 10, 8 + (n - 232) * 10]);
  const step = (level: number) => (level === 0 ? 0 : 55 + level * 40);
  const cube = n - 16;
  return hex([step(Math.floor(cube / 36)), step(Math.floor(cube / 6) % 6), step(cube % 6)]);
}

function rgb(texts: readonly string[]): Colour | null {
  const bytes = [byte(texts[0]), byte(texts[1]), byte(texts[2])];
  return bytes.every((one) => one !== null) ? hex(bytes) : null;
}

function byte(text: string | undefined): number | null {
  if (text === '') return 0;
  const n = Number(text);
  return Number.isInteger(n) && n >= 0 && n <= 255 ? n : null;
}

function hex(bytes: readonly number[]): Hex {
  return `#${bytes.map((one) => one.toString(16).padStart(2, '0')).join('')}`;
}
