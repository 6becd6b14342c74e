import { applySgr, type Style } from './style.ts';

/** Text of one look. */
export interface Run {
  readonly text: string;
  readonly style: Style;
}

export interface ReadLine {
  readonly runs: readonly Run[];
  /** What is in force after it: colours go on into the next line. */
  readonly after: Style;
}

/** Runs that a line may have; the rest of it stays in the look of the last, so that no line costs a frame. */
const MAX_RUNS = 100;

/*
 * What a line may hold beside text, built from a string because the linter refuses control characters in a literal: CSI sequences
 * (with 7 or 8 bits), strings for the terminal (OSC, DCS, SOS, PM, APC) that end where they should, other escapes, and control
 * characters but the tab. A string that does not end loses only its beginning: what follows is shown, a log hides nothing. None of
 * the repetitions can pass an ESC, so a line is read in one go, however hostile.
 */
const ESC = '\\u001b';
const ESCAPES = new RegExp(
  [
    `(?:${ESC}\\[|\\u009b)([0-?]*)[ -/]*([@-~])`,
    `(?:${ESC}\\]|\\u009d)[^\\u0007${ESC}\\u009c]*(?:\\u0007|\\u009c|${ESC}\\\\)`,
    `(?:${ESC}[PX^_]|[\\u0090\\u0098\\u009e\\u009f])[^${ESC}\\u009c]*(?:\\u009c|${ESC}\\\\)`,
    `${ESC}[ -/]*[0-~]`,
    '[\\u0000-\\u0008\\u000a-\\u001f\\u007f-\\u009f]',
  ].join('|'),
  'g',
);

/** A raw line of a log (no newline in it) as text with looks; escape sequences that are no colours are dropped. */
export function readLine(raw: string, before: Style): ReadLine {
  const runs: Run[] = [];
  let style = before;
  let text = '';
  let at = 0;
  for (const match of raw.matchAll(ESCAPES)) {
    text += raw.slice(at, match.index);
    at = match.index + match[0].length;
    if (match[2] !== 'm') continue;
    const next = applySgr(style, match[1] ?? '');
    if (text !== '' && runs.length < MAX_RUNS && !sameLook(next, style)) {
      runs.push({ text, style });
      text = '';
    }
    style = next;
  }
  text += raw.slice(at);
  if (text !== '') runs.push({ text, style: runs.length < MAX_RUNS ? style : (runs.at(-1)?.style ?? style) });
  return { runs, after: style };
}

/** What is in force after a line, without reading its text. */
export function styleAfter(raw: string, before: Style): Style {
  if (!raw.includes('\u001b') && !raw.includes('\u009b')) return before;
  let style = before;
  for (const match of raw.matchAll(ESCAPES)) if (match[2] === 'm') style = applySgr(style, match[1] ?? '');
  return style;
}

/** What a line says, as it is searched and copied. */
export function plainText(raw: string): string {
  return raw.replace(ESCAPES, '');
}

function sameLook(one: Style, other: Style): boolean {
  return one === other || (Object.keys(one) as (keyof Style)[]).every((key) => one[key] === other[key]);
}
