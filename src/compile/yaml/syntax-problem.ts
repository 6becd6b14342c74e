import type { YAMLException } from 'js-yaml';
import type { Problem } from '../../base/index.ts';
import { findOpenBracket } from './loose/find-edits.ts';

/** What the parser says of nearly everything it does not expect, whether or not indentation has a part in it. */
const UNEXPECTED = 'bad indentation of a mapping entry';

/** The problem with a file that is not YAML, in words for whoever wrote it. */
export function syntaxProblem(
  { file, text }: { readonly file: string; readonly text: string },
  error: YAMLException,
): Problem {
  const offset = Math.min(error.mark?.position ?? 0, text.length);
  const { reason, hint } = explain(error.reason, text, offset);
  return {
    code: 'yaml-syntax',
    message: `not valid YAML: ${reason}${bracketAround(text, offset)}`,
    severity: 'error',
    file,
    ...lineAndColumn(text, offset),
    ...(hint === undefined ? {} : { hint }),
  };
}

function explain(reason: string, text: string, offset: number): { reason: string; hint?: string } {
  const before = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  const found = text[offset] ?? '';
  if (/^\s*\t/.test(before + found)) return { reason, hint: 'YAML does not allow tabs for indentation' };
  if (reason !== UNEXPECTED) return { reason };
  if (found === ':')
    return {
      reason: 'no key can stand here',
      hint: 'quote text with ": " in it, write a space after the ":" of a key, look at the indentation',
    };
  if (/[@`%]/.test(found)) return { reason: `"${found}" cannot begin a text`, hint: 'put the text in quotes' };
  const closed = /(["'\]}])\s*$/.exec(before)?.[1];
  if (closed !== undefined)
    return { reason: `something follows the closing ${closed}`, hint: 'put all of the text in quotes' };
  return { reason: before.trim() === '' ? 'no line above begins in this column' : reason };
}

/** Where something is wrong inside brackets, the cause is often where they open. */
function bracketAround(text: string, offset: number): string {
  const opening = findOpenBracket(text.slice(0, offset));
  if (opening === null) return '';
  const { line, column } = lineAndColumn(text, opening);
  return `, inside the "${text[opening]}" that opens at line ${line}, column ${column}`;
}

/** Both from 1. */
export function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - lineStart + 1 };
}
