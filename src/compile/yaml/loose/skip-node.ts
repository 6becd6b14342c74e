import { editTab, isEnd, isLineEnd, type Scan, skipComment } from './scan.ts';

const NEWLINE = 10;
const DOUBLE_QUOTE = 34;
const HASH = 35;
const SINGLE_QUOTE = 39;
const COMMA = 44;
const COLON = 58;
const BACKSLASH = 92;

const DOCUMENT_MARK = /^(?:---|\.\.\.)(?:\s|$)/;

/** Over an anchor, an alias or a tag. */
export function skipWord(scan: Scan): void {
  const { text } = scan;
  do scan.at++;
  while (!isEnd(text.charCodeAt(scan.at)) && !isFlowSign(text.charCodeAt(scan.at)));
}

/** Over a quoted scalar, whose opening quote is `quote`. */
export function skipQuoted(scan: Scan, quote: number): void {
  const { text } = scan;
  for (scan.at++; scan.at < text.length; scan.at++) {
    const code = text.charCodeAt(scan.at);
    if (code === quote) {
      scan.at++;
      if (quote === DOUBLE_QUOTE || text.charCodeAt(scan.at) !== quote) return;
    } else if (code === BACKSLASH && quote === DOUBLE_QUOTE && text.charCodeAt(scan.at + 1) !== NEWLINE) scan.at++;
    else if (code === NEWLINE) scan.lineStart = scan.at + 1;
  }
}

/** Over a list in brackets or a mapping in braces. */
export function skipFlow(scan: Scan): void {
  const { text, open } = scan;
  let inPlain = false;
  while (scan.at < text.length) {
    const code = text.charCodeAt(scan.at);
    if (isFlowSign(code)) {
      inPlain = false;
      if (code === 91 || code === 123) open.push(scan.at);
      scan.at++;
      if (code !== 93 && code !== 125) continue;
      // In ASCII a bracket is closed by what stands two behind it. One that is closed by the other kind stays open to the end.
      if (text.charCodeAt(open.at(-1) ?? 0) + 2 === code) open.pop();
      else scan.at = text.length;
      if (open.length === 0) return;
    } else if (code === HASH && (!inPlain || isEnd(text.charCodeAt(scan.at - 1)))) {
      skipComment(scan);
      inPlain = false;
    } else if (inPlain) {
      // Inside a plain scalar a quote is a character like others; spaces do not end it.
      inPlain = code !== COLON || !isEnd(text.charCodeAt(scan.at + 1));
      skipCharacter(scan, code);
    } else if (code === DOUBLE_QUOTE || code === SINGLE_QUOTE) skipQuoted(scan, code);
    else if (code === 33 || code === 38 || code === 42) skipWord(scan);
    else {
      inPlain = code !== COLON && !isEnd(code);
      skipCharacter(scan, code);
    }
  }
}

function skipCharacter(scan: Scan, code: number): void {
  editTab(scan);
  scan.at++;
  if (code === NEWLINE) scan.lineStart = scan.at;
}

/** Over a plain scalar outside of brackets: it goes on through all lines that stand right of the innermost collection. */
export function skipPlain(scan: Scan): void {
  const { text } = scan;
  const indent = scan.indents.at(-1) ?? -1;
  while (scan.at < text.length) {
    const code = text.charCodeAt(scan.at);
    if (code === COLON && isEnd(text.charCodeAt(scan.at + 1))) return;
    if (code === HASH && isEnd(text.charCodeAt(scan.at - 1))) return;
    if (!isLineEnd(code)) {
      scan.at++;
      continue;
    }
    const next = nextFilledLine(text, scan.at);
    const column = next.at - next.lineStart;
    if (column <= indent || text.charCodeAt(next.at) === HASH) return;
    if (column === 0 && DOCUMENT_MARK.test(text.slice(next.at, next.at + 4))) return;
    scan.at = next.at;
    scan.lineStart = next.lineStart;
  }
}

function nextFilledLine(text: string, from: number): { readonly at: number; readonly lineStart: number } {
  let at = from;
  let lineStart = from;
  while (at < text.length && isEnd(text.charCodeAt(at))) {
    at++;
    if (text.charCodeAt(at - 1) === NEWLINE) lineStart = at;
  }
  return { at, lineStart };
}

/** Over a block scalar (`|` or `>`): its head, and all lines that stand right of the innermost collection. */
export function skipBlock(scan: Scan): void {
  const { text } = scan;
  const parent = scan.indents.at(-1) ?? -1;
  const head = /[|>][-+]?([1-9]?)[-+]?/y;
  head.lastIndex = scan.at;
  const width = Number(head.exec(text)?.[1] ?? 0);
  scan.at = head.lastIndex;
  let indent = width === 0 ? null : Math.max(parent, 0) + width;
  if (text.charCodeAt(scan.at) === HASH) skipComment(scan);
  scan.at = endOfLine(text, scan.at);
  while (scan.at < text.length) {
    const lineStart = scan.at + 1;
    let at = lineStart;
    while (text.charCodeAt(at) === 32) at++;
    const isFilled = at < text.length && !isLineEnd(text.charCodeAt(at));
    if (isFilled) indent ??= Math.max(at - lineStart, parent + 1, 1);
    if (isFilled && at - lineStart < (indent ?? 0)) return;
    scan.at = endOfLine(text, at);
  }
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

function isFlowSign(code: number): boolean {
  return code === COMMA || code === 91 || code === 93 || code === 123 || code === 125;
}
