import type { Run } from './read-line.ts';
import type { Style } from './style.ts';

/** The smallest thing that is drawn: text of one look, in a link or not, found or not. */
export interface Piece {
  readonly text: string;
  readonly style: Style;
  readonly href: string | null;
  /** For a character that turns or joins text and cannot be seen: what is shown in its place, `U+202E`. */
  readonly mark: string | null;
  readonly found: boolean;
}

/** A stretch of a line's text, in UTF-16 units: `[from, to)`. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}

const LINK = /https?:\/\/[^\s<>"'`\\^{}|\p{Bidi_Control}]{1,2000}/giu;
/** What turns the order of text around, and what cannot be seen at all: a line must not read otherwise than it is. */
const HIDDEN = /[\p{Bidi_Control}\u200b\u2060\ufeff\u00ad\u2028\u2029]/gu;
/** Links, marks and matches that a line may have. */
const MAX_EACH = 50;

/** A line cut where its look, a link, a hidden character or a match (`needle` without case, '' for none) begins or ends. */
export function cutPieces(runs: readonly Run[], needle: string): readonly Piece[] {
  const text = runs.map((run) => run.text).join('');
  const links = findLinks(text);
  const marks = [...text.matchAll(HIDDEN)].slice(0, MAX_EACH).map(({ index }) => ({ from: index, to: index + 1 }));
  const found = findMatches(text, needle);
  const cuts = [...links, ...marks, ...found].flatMap(({ from, to }) => [from, to]).sort((a, b) => a - b);
  const pieces: Piece[] = [];
  let at = 0;
  let next = 0;
  let runEnd = 0;
  for (const { style, text: own } of runs) {
    runEnd += own.length;
    while (at < runEnd) {
      while ((cuts[next] ?? text.length) <= at && next < cuts.length) next += 1;
      const end = Math.min(cuts[next] ?? runEnd, runEnd);
      pieces.push({
        text: text.slice(at, end),
        style,
        href: links.find((link) => covers(link, at))?.href ?? null,
        mark: marks.some((mark) => covers(mark, at)) ? nameOf(text.charCodeAt(at)) : null,
        found: found.some((match) => covers(match, at)),
      });
      at = end;
    }
  }
  return pieces;
}

/** Where `needle` stands in `text`, without case; nothing is found twice. */
export function findMatches(text: string, needle: string): readonly Stretch[] {
  const found: Stretch[] = [];
  const wanted = needle.toLowerCase();
  const folded = text.toLowerCase();
  // A few letters change their length with their case ("İ"); where they do, the stretches would be beside the text.
  if (wanted === '' || folded.length !== text.length) return found;
  for (let at = folded.indexOf(wanted); at !== -1 && found.length < MAX_EACH; at = folded.indexOf(wanted, at)) {
    found.push({ from: at, to: at + wanted.length });
    at += wanted.length;
  }
  return found;
}

function findLinks(text: string): readonly (Stretch & { readonly href: string })[] {
  const links = [];
  for (const { 0: match, index } of text.matchAll(LINK)) {
    const href = withoutTrail(match);
    if (links.length < MAX_EACH && URL.canParse(href)) links.push({ from: index, to: index + href.length, href });
  }
  return links;
}

/** An address does not end with the sentence's mark, nor with a bracket that was opened before it. */
function withoutTrail(address: string): string {
  let end = address.length;
  for (; end > Math.max(0, address.length - 20); end -= 1) {
    const last = address[end - 1] ?? '';
    if (/[.,;:!?*_~]/.test(last)) continue;
    const opening = last === ')' ? '(' : last === ']' ? '[' : null;
    if (opening === null || count(address, opening, end) >= count(address, last, end)) break;
  }
  return address.slice(0, end);
}

function count(text: string, letter: string, end: number): number {
  return text.slice(0, end).split(letter).length - 1;
}

function covers({ from, to }: Stretch, at: number): boolean {
  return at >= from && at < to;
}

function nameOf(code: number): string {
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}
