import { createRequire } from 'node:module';
import { compileSimpleRegex } from './simple-regex.ts';

/** A compiled RE2 expression: linear in the text, no look-around, no back-references. */
export interface Regex {
  /** Whether it occurs anywhere in the text. */
  test(text: string): boolean;
}

/** @returns null when it is not a valid RE2 expression. `flags` are some of `ismU`. */
export function compileRegex(source: string, flags: string): Regex | null {
  const simple = compileSimpleRegex(source, flags);
  if (simple === null) return compileWithRe2(source, flags);
  let full: Regex | null = null;
  return {
    test(text) {
      if (simple.accepts(text)) return simple.test(text);
      full ??= compileWithRe2(source, flags);
      return full?.test(text) ?? false;
    },
  };
}

const require = createRequire(import.meta.url);

/** Loaded on the first use: most files never need it, and loading plus the first expression costs 15 ms. */
function compileWithRe2(source: string, flags: string): Regex | null {
  const { RE2JS, RE2JSException } = require('re2js') as typeof import('re2js');
  try {
    const compiled = RE2JS.compile(flags === '' ? source : `(?${flags})${source}`);
    return { test: (text) => compiled.matcher(text).find() };
  } catch (error) {
    if (error instanceof RE2JSException) return null;
    throw error;
  }
}
