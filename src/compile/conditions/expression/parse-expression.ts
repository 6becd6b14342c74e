import type { BinaryOperator, Expression, ParsedExpression, SyntaxMistake } from './expression.ts';
import { nextToken, type Token } from './tokenize-expression.ts';

/** Source: GitLab's limit. It also bounds how deep the parser and the evaluator can recurse. */
const MAX_TOKENS = 100;

/** From loosest to tightest; operators of one row group from the left. */
const PRECEDENCE: readonly (readonly BinaryOperator[])[] = [['||'], ['&&'], ['==', '!=', '=~', '!~']];

interface Cursor {
  readonly tokens: readonly Token[];
  readonly end: number;
  index: number;
}

/** Source: the grammar of `rules:if`. Prefer `ConditionCache.parse`, which parses equal texts once. */
export function parseExpression(text: string): ParsedExpression {
  const tokens: Token[] = [];
  for (let offset = 0; ; ) {
    const token = nextToken(text, offset);
    if (token === null) break;
    if (token.kind === 'mistake') return fail(token.mistake);
    if (tokens.length === MAX_TOKENS) {
      return fail({ message: `the expression has more than ${MAX_TOKENS} parts`, offset: token.offset });
    }
    tokens.push(token);
    offset = token.end;
  }
  if (tokens.length === 0) return fail({ message: 'the expression is empty', offset: 0 });
  return parseTokens({ tokens, end: text.length, index: 0 });
}

function parseTokens(cursor: Cursor): ParsedExpression {
  const parsed = parseLevel(cursor, 0);
  if (!parsed.ok) return parsed;
  const rest = cursor.tokens[cursor.index];
  if (rest === undefined) return parsed;
  if (rest.kind === 'close') return fail({ message: 'this `)` has no `(`', offset: rest.offset });
  return fail({
    message: `expected an operator before ${describe(rest)}`,
    offset: rest.offset,
    hint: 'join conditions with `&&` or `||`',
  });
}

function parseLevel(cursor: Cursor, level: number): ParsedExpression {
  const operators = PRECEDENCE[level];
  if (operators === undefined) return parseOperand(cursor);
  let left = parseLevel(cursor, level + 1);
  while (left.ok) {
    const token = cursor.tokens[cursor.index];
    if (token?.kind !== 'operator' || !operators.includes(token.operator)) return left;
    cursor.index += 1;
    const right = parseLevel(cursor, level + 1);
    if (!right.ok) return right;
    left = succeed({ kind: token.operator, left: left.expression, right: right.expression });
  }
  return left;
}

function parseOperand(cursor: Cursor): ParsedExpression {
  const token = cursor.tokens[cursor.index];
  if (token === undefined) {
    return fail({ message: 'the expression ends where a value is expected', offset: cursor.end });
  }
  cursor.index += 1;
  if (token.kind === 'value') return succeed(token.expression);
  if (token.kind === 'open') return parseGroup(cursor, token);
  return fail({ message: `expected a value before ${describe(token)}`, offset: token.offset });
}

function parseGroup(cursor: Cursor, open: Token): ParsedExpression {
  const inner = parseLevel(cursor, 0);
  if (!inner.ok) return inner;
  const close = cursor.tokens[cursor.index];
  if (close === undefined) return fail({ message: 'this `(` is never closed', offset: open.offset });
  if (close.kind !== 'close') {
    return fail({ message: `expected an operator or \`)\` before ${describe(close)}`, offset: close.offset });
  }
  cursor.index += 1;
  return inner;
}

function describe(token: Token): string {
  return `\`${token.text}\``;
}

function succeed(expression: Expression): ParsedExpression {
  return { ok: true, expression };
}

function fail(mistake: SyntaxMistake): ParsedExpression {
  return { ok: false, mistake };
}
