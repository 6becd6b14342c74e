/** Matches the text between two slashes of a path. */
export type SegmentMatcher = (segment: string) => boolean;

type Token =
  | { readonly kind: 'char'; readonly char: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'star' }
  | { readonly kind: 'set'; readonly negated: boolean; readonly ranges: readonly (readonly [string, string])[] };

const NEVER: SegmentMatcher = () => false;

export function compileSegment(pattern: string): SegmentMatcher {
  if (pattern === '*' || pattern === '**') return () => true;
  if (!/[*?[\\]/.test(pattern)) return (segment) => segment === pattern;
  const suffix = /^\*([^*?[\\]+)$/.exec(pattern)?.[1];
  if (suffix !== undefined) return (segment) => segment.endsWith(suffix);
  const prefix = /^([^*?[\\]+)\*$/.exec(pattern)?.[1];
  if (prefix !== undefined) return (segment) => segment.startsWith(prefix);
  const tokens = tokenize(pattern);
  return tokens === null ? NEVER : (segment) => matchTokens(tokens, [...segment]);
}

/** null: a `[` that is never closed, which matches nothing. */
function tokenize(pattern: string): readonly Token[] | null {
  const chars = [...pattern];
  const tokens: Token[] = [];
  for (let index = 0; index < chars.length; index += 1) {
    const char = chars[index] ?? '';
    if (char === '*') tokens.push({ kind: 'star' });
    else if (char === '?') tokens.push({ kind: 'any' });
    else if (char === '[') {
      const set = readSet(chars, index + 1);
      if (set === null) return null;
      tokens.push(set.token);
      index = set.end;
    } else if (char !== '\\') tokens.push({ kind: 'char', char });
    else if (index + 1 < chars.length) {
      index += 1;
      tokens.push({ kind: 'char', char: chars[index] ?? '' });
    }
  }
  return tokens;
}

/** `end` is the index of the closing bracket. */
function readSet(chars: readonly string[], start: number): { readonly token: Token; readonly end: number } | null {
  const negated = chars[start] === '^' || chars[start] === '!';
  const ranges: [string, string][] = [];
  let index = negated ? start + 1 : start;
  const readChar = (): string => {
    if (chars[index] === '\\') index += 1;
    const char = chars[index] ?? '';
    index += 1;
    return char;
  };
  while (index < chars.length && chars[index] !== ']') {
    const low = readChar();
    if (chars[index] !== '-' || chars[index + 1] === ']' || index + 1 >= chars.length) {
      ranges.push([low, low]);
      continue;
    }
    index += 1;
    ranges.push([low, readChar()]);
  }
  return index < chars.length ? { token: { kind: 'set', negated, ranges }, end: index } : null;
}

/** Going back to the last star alone is enough, so the time is at most tokens × characters. */
function matchTokens(tokens: readonly Token[], chars: readonly string[]): boolean {
  let token = 0;
  let char = 0;
  let retryToken = -1;
  let retryChar = 0;
  while (char < chars.length || token < tokens.length) {
    const next = tokens[token];
    if (next?.kind === 'star') {
      token += 1;
      retryToken = token;
      retryChar = char;
    } else if (next !== undefined && char < chars.length && matchesOne(next, chars[char] ?? '')) {
      token += 1;
      char += 1;
    } else {
      if (retryToken === -1 || retryChar >= chars.length) return false;
      retryChar += 1;
      token = retryToken;
      char = retryChar;
    }
  }
  return true;
}

function matchesOne(token: Token, char: string): boolean {
  if (token.kind === 'char') return token.char === char;
  if (token.kind === 'set') {
    const point = char.codePointAt(0) ?? 0;
    const isInside = token.ranges.some(
      ([low, high]) => (low.codePointAt(0) ?? 0) <= point && point <= (high.codePointAt(0) ?? 0),
    );
    return isInside !== token.negated;
  }
  return true;
}
