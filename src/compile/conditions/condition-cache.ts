import { compileGlob, type GlobMatcher } from '../../base/index.ts';
import type { Expression, ParsedExpression } from './expression/expression.ts';
import { parseExpression } from './expression/parse-expression.ts';
import { compileRegex, type Regex } from './expression/regex.ts';

/** What one compile has worked out already. Make one per compile; equal texts are then parsed once. */
export interface ConditionCache {
  /** As `parseExpression`, and patterns in the text are valid RE2. */
  parse(text: string): ParsedExpression;
  glob(pattern: string): GlobMatcher;
  /** null: not a valid RE2 expression. */
  regex(source: string, flags: string): Regex | null;
  /** Remembers `work()` under `key`: a list of globs against a list of paths is compared once, not once a job. */
  verdict(key: string, work: () => boolean): boolean;
}

export const REGEX_HINT = 'the syntax is RE2: no look-around, no back-references';

export function createConditionCache(): ConditionCache {
  const regexes = new Map<string, Regex | null>();
  const regex = (source: string, flags: string) =>
    remember(regexes, `${flags}/${source}`, () => compileRegex(source, flags));
  const parsed = new Map<string, ParsedExpression>();
  const globs = new Map<string, GlobMatcher>();
  const verdicts = new Map<string, boolean>();
  return {
    parse: (text) => remember(parsed, text, () => checkPatterns(text, parseExpression(text), regex)),
    glob: (pattern) => remember(globs, pattern, () => compileGlob(pattern)),
    regex,
    verdict: (key, work) => remember(verdicts, key, work),
  };
}

function remember<V>(map: Map<string, V>, key: string, work: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = work();
    map.set(key, value);
  }
  return value;
}

function checkPatterns(text: string, parsed: ParsedExpression, regex: ConditionCache['regex']): ParsedExpression {
  const bad = parsed.ok ? findInvalidPattern(parsed.expression, regex) : null;
  if (bad === null) return parsed;
  const written = bad.replaceAll('/', '\\/');
  return {
    ok: false,
    mistake: {
      message: `\`/${written}/\` is not a valid regular expression`,
      offset: Math.max(text.indexOf(`/${written}/`), text.indexOf(`/${bad}/`), 0),
      hint: REGEX_HINT,
    },
  };
}

function findInvalidPattern(expression: Expression, regex: ConditionCache['regex']): string | null {
  if (expression.kind === 'pattern')
    return regex(expression.source, expression.flags) === null ? expression.source : null;
  if (!('left' in expression)) return null;
  return findInvalidPattern(expression.left, regex) ?? findInvalidPattern(expression.right, regex);
}
