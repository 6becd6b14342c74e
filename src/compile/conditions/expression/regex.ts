import { createRequire } from 'node:module';
import type { RE2JS } from 're2js';
import { compileSimpleRegex } from './simple-regex.ts';

/** A compiled RE2 expression: linear in the text, no look-around, no back-references. */
export interface Regex {
  /** Whether it occurs anywhere in the text. */
  test(text: string): boolean;
  /** Of each match in its order: the last group that took part, or all of it when the expression has no groups. One step is linear in the text, all are not. */
  matches(text: string): Iterable<string>;
}

/** @returns null when it is not a valid RE2 expression. `flags` are some of `ismU`. */
export function compileRegex(source: string, flags: string): Regex | null {
  const simple = compileSimpleRegex(source, flags);
  if (simple === null) return compileWithRe2(source, flags);
  let full: Regex | null = null;
  const load = (): Regex | null => {
    full ??= compileWithRe2(source, flags);
    return full;
  };
  return {
    test: (text) => (simple.accepts(text) ? simple.test(text) : (load()?.test(text) ?? false)),
    matches: (text) => load()?.matches(text) ?? [],
  };
}

function* matchesOf(compiled: RE2JS, text: string): Generator<string> {
  const matcher = compiled.matcher(text);
  while (matcher.find()) {
    let group = matcher.groupCount();
    while (group > 0 && matcher.group(group) === null) group -= 1;
    yield matcher.group(group) ?? '';
  }
}

const require = createRequire(import.meta.url);

/** Loaded on the first use: most files never need it, and loading plus the first expression costs 15 ms. */
function compileWithRe2(source: string, flags: string): Regex | null {
  const { RE2JS, RE2JSException } = require('re2js') as typeof import('re2js');
  try {
    const compiled = RE2JS.compile(flags === '' ? source : `(?${flags})${source}`);
    return { test: (text) => compiled.matcher(text).find(), matches: (text) => matchesOf(compiled, text) };
  } catch (error) {
    if (error instanceof RE2JSException) return null;
    throw error;
  }
}
