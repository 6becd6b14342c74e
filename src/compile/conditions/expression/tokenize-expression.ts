import type { BinaryOperator, Expression, SyntaxMistake } from './expression.ts';

interface TokenPlace {
  readonly offset: number;
  /** Offset after the token. */
  readonly end: number;
  readonly text: string;
}

export type Token = TokenPlace &
  (
    | { readonly kind: 'value'; readonly expression: Expression }
    | { readonly kind: 'operator'; readonly operator: BinaryOperator }
    | { readonly kind: 'open' | 'close' }
  );

export interface MistakenToken {
  readonly kind: 'mistake';
  readonly mistake: SyntaxMistake;
}

/** One alternative per kind of token, so that a single match at an offset tells which one stands there. GitLab's takes no `/x/`. */
const TOKEN =
  /\s*(?:(?<variable>\$\w+)|(?<text>"[^"\n]*"|'[^'\n]*')|(?<operator>==|!=|=~|!~|&&|\|\|)|(?<open>\()|(?<close>\))|(?<pattern>\/(?![^\\]\/)(?:[^/\\]|\\[\s\S])+\/[ismU]*)|(?<word>\b(?:null|true|false)\b)|(?<end>$))/y;

/** The token at or after `offset`; null at the end of the text. */
export function nextToken(text: string, offset: number): Token | MistakenToken | null {
  TOKEN.lastIndex = offset;
  const match = TOKEN.exec(text);
  const groups = match?.groups;
  if (match === null || groups === undefined) return { kind: 'mistake', mistake: explain(text, offset) };
  if (groups.end !== undefined) return null;
  const token = match[0].trimStart();
  const end = TOKEN.lastIndex;
  const place = { offset: end - token.length, end, text: token };
  if (groups.variable !== undefined) return value(place, { kind: 'variable', name: token.slice(1) });
  if (groups.operator !== undefined) return { ...place, kind: 'operator', operator: token as BinaryOperator };
  if (groups.text !== undefined) return value(place, { kind: 'text', value: token.slice(1, -1) });
  if (groups.open !== undefined) return { ...place, kind: 'open' };
  if (groups.close !== undefined) return { ...place, kind: 'close' };
  if (groups.pattern !== undefined) return value(place, splitPattern(token));
  if (token === 'null') return value(place, { kind: 'null' });
  return value(place, { kind: 'boolean', value: token === 'true' });
}

/** `text` is `/…/flags`. */
function splitPattern(text: string): Expression {
  const close = text.lastIndexOf('/');
  return { kind: 'pattern', source: text.slice(1, close).replaceAll('\\/', '/'), flags: text.slice(close + 1) };
}

function value(place: TokenPlace, expression: Expression): Token {
  return { ...place, kind: 'value', expression };
}

/** What people write by mistake, tried in order on the text that is no token. */
const MISTAKES: readonly (readonly [start: RegExp, message: string, hint?: string])[] = [
  [/^\$\{\w*\}?/, 'a variable is written without braces here', 'write `$NAME`'],
  [/^\$/, '`$` is not followed by a name', 'write `$NAME`'],
  [/^["']/, 'this quote is never closed'],
  [/^\/\//, 'the regular expression is empty'],
  [/^\/[^\\]\//, 'a regular expression of one character is not understood', 'write `/[x]/` for `/x/`'],
  [/^\//, 'this regular expression is never closed', 'it ends with `/`; a `/` inside is written `\\/`'],
  [/^=/, '`=` is not an operator', 'compare with `==`, match with `=~`'],
  [/^!/, 'there is no negation with `!`', 'use `!=` or `!~`, or `$NAME == null`'],
  [/^&/, '`&` is not an operator', 'use `&&`'],
  [/^\|/, '`|` is not an operator', 'use `||`'],
  [/^[\p{L}\p{N}_.-]+/u, 'this word is not quoted', 'put text in quotes; variables start with `$`'],
];

function explain(text: string, offset: number): SyntaxMistake {
  const rest = text.slice(offset).trimStart();
  const at = text.length - rest.length;
  for (const [start, message, hint] of MISTAKES) {
    if (start.test(rest)) return hint === undefined ? { message, offset: at } : { message, offset: at, hint };
  }
  return { message: `\`${String.fromCodePoint(rest.codePointAt(0) ?? 0)}\` has no meaning here`, offset: at };
}
