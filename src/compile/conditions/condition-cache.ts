import type { ParsedExpression } from './expression.ts';
import type { GlobMatcher } from './glob.ts';
import type { Regex } from './regex.ts';

/** What one compile has parsed already. Make one per compile; equal texts are then parsed once. */
export interface ConditionCache {
  parse(text: string): ParsedExpression;
  glob(pattern: string): GlobMatcher;
  /** null: not a valid RE2 expression. */
  regex(source: string, flags: string): Regex | null;
}

export declare function createConditionCache(): ConditionCache;
