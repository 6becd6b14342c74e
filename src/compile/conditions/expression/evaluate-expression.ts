import type { VariableLookup } from '../../../protocol/index.ts';
import type { ConditionCache } from '../condition-cache.ts';
import type { Expression } from './expression.ts';

/** null: an undefined variable, or `null` itself. */
type Value = string | boolean | null | PatternValue;
interface PatternValue {
  readonly source: string;
  readonly flags: string;
}

/**
 * Whether the expression holds. An undefined variable equals `null`, not `''`; alone, a variable holds when it is set and not empty.
 * An invalid pattern (from a variable; those in the text are checked with it) matches nothing.
 */
export function evaluateExpression(expression: Expression, variables: VariableLookup, cache: ConditionCache): boolean {
  return isTrue(evaluate(expression, variables, cache));
}

function evaluate(expression: Expression, variables: VariableLookup, cache: ConditionCache): Value {
  switch (expression.kind) {
    case 'variable':
      return variables(expression.name) ?? null;
    case 'text':
    case 'boolean':
      return expression.value;
    case 'null':
      return null;
    case 'pattern':
      return expression;
    case '&&':
      return (
        isTrue(evaluate(expression.left, variables, cache)) && isTrue(evaluate(expression.right, variables, cache))
      );
    case '||':
      return (
        isTrue(evaluate(expression.left, variables, cache)) || isTrue(evaluate(expression.right, variables, cache))
      );
    case '==':
      return evaluate(expression.left, variables, cache) === evaluate(expression.right, variables, cache);
    case '!=':
      return evaluate(expression.left, variables, cache) !== evaluate(expression.right, variables, cache);
    default: {
      const left = evaluate(expression.left, variables, cache);
      const matches = isMatch(left, evaluate(expression.right, variables, cache), cache);
      return expression.kind === '=~' ? matches : !matches;
    }
  }
}

function isTrue(value: Value): boolean {
  return typeof value === 'string' ? value !== '' : value !== null && value !== false;
}

/** As GitLab: undefined text is matched as `''`, an undefined pattern matches nothing, a right side without slashes is searched for the text. */
function isMatch(left: Value, right: Value, cache: ConditionCache): boolean {
  if (right === null || typeof right === 'boolean') return false;
  const text = left === null || typeof left === 'object' ? '' : String(left);
  const pattern = typeof right === 'string' ? patternFromText(right) : right;
  if (pattern === null) return String(right).includes(text);
  return cache.regex(pattern.source, pattern.flags)?.test(text) ?? false;
}

/** A variable that holds `/…/flags`. */
function patternFromText(text: string): PatternValue | null {
  const match = /^\/(.+)\/([ismU]*)$/s.exec(text);
  return match === null ? null : { source: (match[1] ?? '').replaceAll('\\/', '/'), flags: match[2] ?? '' };
}
