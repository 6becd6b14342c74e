import { type Edit, editTab, isBlank, isEnd, isLineEnd, type Scan, skipComment } from './scan.ts';
import { skipBlock, skipFlow, skipPlain, skipQuoted, skipWord } from './skip-node.ts';

const BANG = 33;
const DOUBLE_QUOTE = 34;
const HASH = 35;
const PERCENT = 37;
const AMPERSAND = 38;
const SINGLE_QUOTE = 39;
const STAR = 42;
const DASH = 45;
const DOT = 46;
const COLON = 58;
const GREATER = 62;
const QUESTION = 63;
const BRACKET = 91;
const BRACE = 123;
const BAR = 124;

/**
 * What to change in a text, spaces only, so that js-yaml reads what libyaml, by which GitLab reads, accepts: inside brackets and quotes
 * libyaml looks at no indentation at all, where YAML 1.2 wants every line to stand right of the parent; and a comment may follow a bracket or a
 * comma at once. Walks over the text as libyaml's scanner does. In a text that is not valid the answer does not matter: spaces do not mend it.
 */
export function findEdits(text: string): readonly Edit[] {
  return walk(text).edits;
}

/** The offset of the innermost bracket or brace that is open where the text ends; null: none is. */
export function findOpenBracket(text: string): number | null {
  return walk(text).open.at(-1) ?? null;
}

function walk(text: string): Scan {
  const scan: Scan = { text, at: 0, lineStart: 0, indents: [], open: [], keyColumn: -1, edits: [] };
  while (scan.at < text.length) step(scan);
  return scan;
}

/** Goes over one token, or over the space before it. */
function step(scan: Scan): void {
  const { text } = scan;
  const code = text.charCodeAt(scan.at);
  if (isLineEnd(code)) {
    scan.lineStart = ++scan.at;
    scan.keyColumn = -1;
    return;
  }
  if (isBlank(code)) {
    // Behind an anchor or a tag.
    if (scan.keyColumn >= 0) editTab(scan);
    scan.at++;
    return;
  }
  const column = scan.at - scan.lineStart;
  if (code === HASH || (code === PERCENT && column === 0)) {
    skipComment(scan);
    return;
  }
  if (column === 0 && isDocumentMark(text, scan.at)) {
    scan.indents.length = 0;
    scan.at += 3;
    return;
  }
  while ((scan.indents.at(-1) ?? -1) > column) scan.indents.pop();
  const isSign = code === DASH || code === COLON || code === QUESTION;
  if (isSign && isEnd(text.charCodeAt(scan.at + 1))) {
    if (code !== COLON) indentTo(scan, column);
    scan.at++;
    scan.keyColumn = -1;
    return;
  }
  // A key starts where its anchor or tag does.
  if (scan.keyColumn < 0) scan.keyColumn = column;
  stepNode(scan, code);
}

function stepNode(scan: Scan, code: number): void {
  if (code === BANG || code === AMPERSAND) skipWord(scan);
  else if (code === BAR || code === GREATER) skipBlock(scan);
  else if (code === SINGLE_QUOTE || code === DOUBLE_QUOTE) loosen(scan, () => skipQuoted(scan, code));
  else if (code === BRACKET || code === BRACE) loosen(scan, () => skipFlow(scan));
  else {
    if (code === STAR) skipWord(scan);
    else skipPlain(scan);
    endKey(scan);
  }
}

/** Goes over brackets or quotes and moves their lines to the right of where they open. */
function loosen(scan: Scan, skip: () => void): void {
  const { text, at: start, edits } = scan;
  const wanted = start - scan.lineStart + 1;
  const before = edits.length;
  skip();
  const isOneLine = scan.lineStart <= start;
  if (endKey(scan) || isOneLine) return;
  // Both are in order of place: the signs found inside and the starts of lines.
  const inside = edits.splice(before);
  let next = 0;
  for (let line = text.indexOf('\n', start) + 1; line > 0 && line < scan.at; line = text.indexOf('\n', line) + 1) {
    while (next < inside.length && (inside[next] as Edit).offset < line) edits.push(inside[next++] as Edit);
    let at = line;
    while (text.charCodeAt(at) === 32) at++;
    const stays = at - line >= wanted || isLineEnd(text.charCodeAt(at)) || isDocumentMark(text, line);
    if (!stays) edits.push({ offset: line, removed: 0, spaces: wanted - (at - line) });
  }
  for (const edit of inside.slice(next)) edits.push(edit);
}

/** Behind a node: whether a `:` makes it a key. */
function endKey(scan: Scan): boolean {
  const { text } = scan;
  let at = scan.at;
  while (isBlank(text.charCodeAt(at))) at++;
  if (text.charCodeAt(at) !== COLON || !isEnd(text.charCodeAt(at + 1))) return false;
  indentTo(scan, scan.keyColumn);
  scan.at = at + 1;
  scan.keyColumn = -1;
  // Here, but not behind a dash, libyaml takes a tab for a space.
  for (; isBlank(text.charCodeAt(scan.at)); scan.at++) editTab(scan);
  return true;
}

function indentTo(scan: Scan, column: number): void {
  if ((scan.indents.at(-1) ?? -1) < column) scan.indents.push(column);
}

function isDocumentMark(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code !== DASH && code !== DOT) return false;
  if (text.charCodeAt(at + 1) !== code || text.charCodeAt(at + 2) !== code) return false;
  return isEnd(text.charCodeAt(at + 3));
}
