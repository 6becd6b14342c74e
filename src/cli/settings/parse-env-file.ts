import type { Problem } from '../../base/index.ts';
import type { NamedValue } from '../parse-arguments.ts';

/** One assignment: an optional `export`, a name, and a value that is quoted or ends with the line. */
const ASSIGNMENT =
  /[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*(?:"((?:\\[\s\S]|[^"\\])*)"|'([^']*)'|((?!["'])[^\r\n]*?))[ \t]*(?:[ \t]#[^\r\n]*)?(?:\r?\n|$)/y;
const BLANK_OR_COMMENT = /[ \t]*(?:#[^\r\n]*)?(?:\r?\n|$)/y;
const ANY_LINE = /[^\n]*(?:\n|$)/y;

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/**
 * Reads `NAME=value` lines, as `docker --env-file` and dotenv files have them: `#` comments, values bare, in '…' as they
 * stand, or in "…" with \n, \r, \t and escaped characters; quoted values may span lines.
 */
export function parseEnvFile(file: string, text: string): { values: NamedValue[]; problems: Problem[] } {
  const values: NamedValue[] = [];
  const problems: Problem[] = [];
  // Each pattern takes at least one character or stands at the end, so that the loop ends.
  for (let at = 0; at < text.length; ) {
    const blank = matchAt(BLANK_OR_COMMENT, text, at);
    const match = blank ?? matchAt(ASSIGNMENT, text, at) ?? matchAt(ANY_LINE, text, at);
    if (match === null) break;
    if (blank === null && match[1] !== undefined) values.push({ key: match[1], value: assignedValue(match) });
    else if (blank === null) problems.push(notAnAssignment(file, text.slice(0, at).split('\n').length));
    at += match[0].length;
  }
  return { values, problems };
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function assignedValue([, , double, single, bare]: RegExpExecArray): string {
  if (double !== undefined) return double.replace(/\\([\s\S])/g, (_, letter: string) => ESCAPES[letter] ?? letter);
  return single ?? bare ?? '';
}

function notAnAssignment(file: string, line: number): Problem {
  const hint = 'a quoted value must end with the same quote';
  return { code: 'env-file', severity: 'error', message: 'expected NAME=value', file, line, column: 1, hint };
}
