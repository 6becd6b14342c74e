/** How many terminal cells a text takes. The text holds no control characters. */
export function displayWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += graphemeWidth(segment);
  return width;
}

/** Cuts a text to `cells` cells, with `…` as the last one where something is missing. */
export function fitWidth(text: string, cells: number): string {
  if (cells <= 0) return '';
  // A cell is at least one UTF-16 unit, so a longer text cannot fit; cutting first keeps endless lines cheap.
  const short = text.length > cells * MAX_UNITS_PER_CELL ? text.slice(0, cells * MAX_UNITS_PER_CELL) : text;
  if (short.length === text.length && displayWidth(text) <= cells) return text;
  let width = 0;
  let kept = '';
  for (const { segment } of graphemes.segment(short)) {
    width += graphemeWidth(segment);
    if (width > cells - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** Like `fitWidth`, filled up with spaces. */
export function padWidth(text: string, cells: number): string {
  const fitted = fitWidth(text, cells);
  return fitted + ' '.repeat(Math.max(0, cells - displayWidth(fitted)));
}

const ASCII = /^[ -~]*$/;
/** Emoji made of several code points, and letters with a few marks, fit; a pile of marks is cut. */
const MAX_UNITS_PER_CELL = 12;
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

const EMOJI = /^\p{Emoji_Presentation}|\u{fe0f}/u;
const INVISIBLE = /^[\p{Mark}\p{Default_Ignorable_Code_Point}]+$/u;
/** East Asian wide and full-width blocks. Source: Unicode's EastAsianWidth.txt, merged to whole blocks. */
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{17000}-\u{18cff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]/u;

function graphemeWidth(grapheme: string): number {
  if (INVISIBLE.test(grapheme)) return 0;
  return EMOJI.test(grapheme) || WIDE.test(grapheme) ? 2 : 1;
}
