/** Where the cursor is in a CI file, as far as indentation tells; the file may be broken, as files are while they are typed. */
export interface Place {
  /** Keys from the top; `*` is an item of a list. */
  readonly path: readonly string[];
  /** What stands before the cursor of the word it is in. */
  readonly word: string;
  /** Behind `key:`, so that a value is wanted; else a key or an item. */
  readonly isValue: boolean;
}

type Token = { readonly indent: number } & (
  | { readonly kind: 'item' }
  | { readonly kind: 'key'; readonly name: string; readonly end: number }
);

const KEY = /^("[^"]*"|'[^']*'|[^\s#'"[\]{},-][^\s#'"]*?(?: [^\s#'":]+)*?)\s*:(?=\s|$)/;
/** Lines above are looked at up to here: a file of CI is shorter. */
const MOST_LINES = 20_000;

/**
 * @param lines up to the cursor's, of which all is given
 * @param column of the cursor, from 0
 */
export function readPlace(lines: readonly string[], column: number): Place | null {
  const line = lines.at(-1) ?? '';
  const before = line.slice(0, column);
  if (/(^|\s)#/.test(before)) return null;
  const tokens = tokensOf(before);
  const key = tokens.findLast((token) => token.kind === 'key');
  const isValue = key !== undefined && key.kind === 'key' && key.end < column;
  const word = /[^\s,[{]*$/.exec(before)?.[0] ?? '';
  const own = isValue ? tokens : tokens.filter(({ kind }) => kind === 'item');
  const indent = tokens[0]?.indent ?? Math.min(column, before.length - before.trimStart().length || column);
  const above = parentsOf(lines.slice(0, -1), tokens[0]?.kind === 'item' ? 'item' : 'key', indent);
  return { path: [...above, ...own.map(nameOf)], word, isValue };
}

/** The path of the key that stands at `column` of the last line; null: none does. */
export function readKey(lines: readonly string[], column: number): readonly string[] | null {
  const tokens = tokensOf(lines.at(-1) ?? '');
  const at = tokens.findIndex((token) => token.kind === 'key' && token.indent <= column && column < token.end);
  if (at === -1) return null;
  const above = parentsOf(lines.slice(0, -1), tokens[0]?.kind ?? 'key', tokens[0]?.indent ?? 0);
  return [...above, ...tokens.slice(0, at + 1).map(nameOf)];
}

/** The keys at the margin: jobs, and what is of the whole file. */
export function topKeys(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => {
    const [first] = /^\s/.test(line) ? [] : tokensOf(line);
    return first?.kind === 'key' ? [first.name] : [];
  });
}

/** Of a list of words at the margin, such as `stages`. */
export function topList(lines: readonly string[], key: string): readonly string[] {
  const at = lines.findIndex((line) => line.startsWith(`${key}:`));
  if (at === -1) return [];
  const inline = /\[(.*)\]/.exec(lines[at] ?? '')?.[1];
  if (inline !== undefined) return inline.split(',').flatMap(plain);
  const below = lines.slice(at + 1);
  const end = below.findIndex((line) => !/^\s*(-|#|$)/.test(line));
  return below.slice(0, end === -1 ? undefined : end).flatMap((line) => plain(/^\s*-(.*)$/.exec(line)?.[1] ?? ''));
}

function plain(text: string): readonly string[] {
  const word = text.trim().replace(/^(['"])(.*)\1$/, '$2');
  return word === '' ? [] : [word];
}

function nameOf(token: Token): string {
  return token.kind === 'item' ? '*' : token.name;
}

/** What a line begins with: `- ` any number of times, then perhaps a key. */
function tokensOf(line: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = line.length - line.trimStart().length;
  while (/^-(\s|$)/.test(line.slice(at))) {
    tokens.push({ kind: 'item', indent: at });
    at += 1 + (/^\s*/.exec(line.slice(at + 1))?.[0].length ?? 0);
  }
  const name = KEY.exec(line.slice(at));
  if (name?.[1] !== undefined) {
    tokens.push({ kind: 'key', indent: at, name: name[1].replace(/^(['"])(.*)\1$/, '$2'), end: at + name[0].length });
  }
  return tokens;
}

/** The keys and items that something at `indent` is below. A list may stand as far out as its key. */
function parentsOf(lines: readonly string[], kind: Token['kind'], indent: number): readonly string[] {
  const path: string[] = [];
  let [child, limit] = [kind, indent];
  for (
    let at = lines.length - 1;
    at >= Math.max(0, lines.length - MOST_LINES) && (limit > 0 || child === 'item');
    at -= 1
  ) {
    const line = lines[at] ?? '';
    if (line.trim() === '' || line.trimStart().startsWith('#')) continue;
    for (const token of tokensOf(line).toReversed()) {
      const isParent = token.indent < limit || (token.indent === limit && child === 'item' && token.kind === 'key');
      if (!isParent) continue;
      path.unshift(nameOf(token));
      [child, limit] = [token.kind, token.indent];
    }
    // Text further out that is neither ends what is above it.
    if (line.length - line.trimStart().length < limit) limit = line.length - line.trimStart().length;
  }
  return path;
}
