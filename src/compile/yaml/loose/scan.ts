/** Characters of a text to be replaced by spaces. */
export interface Edit {
  readonly offset: number;
  readonly removed: number;
  readonly spaces: number;
}

/** Where a walk over a YAML text stands. */
export interface Scan {
  readonly text: string;
  at: number;
  lineStart: number;
  /** Columns of the open block collections, the innermost last. */
  readonly indents: number[];
  /** Where the open brackets and braces stand, the innermost last. */
  readonly open: number[];
  /** Where the key started that the node just read may turn out to be; -1 before it. */
  keyColumn: number;
  /** In order of place. */
  readonly edits: Edit[];
}

const TAB = 9;

export function isBlank(code: number): boolean {
  return code === 32 || code === TAB;
}

export function isLineEnd(code: number): boolean {
  return code === 10 || code === 13;
}

/** White space or the end of the text, where `charCodeAt` gives NaN. */
export function isEnd(code: number): boolean {
  return isBlank(code) || isLineEnd(code) || Number.isNaN(code);
}

/** To the end of the line. A comment that touches what stands before it is moved away from it. */
export function skipComment(scan: Scan): void {
  const { text } = scan;
  if (scan.at > 0 && !isEnd(text.charCodeAt(scan.at - 1))) scan.edits.push({ offset: scan.at, removed: 0, spaces: 1 });
  const end = text.indexOf('\n', scan.at);
  scan.at = end < 0 ? text.length : end;
}

/** Makes a space of a tab. */
export function editTab({ text, at, edits }: Scan): void {
  if (text.charCodeAt(at) === TAB) edits.push({ offset: at, removed: 1, spaces: 1 });
}
