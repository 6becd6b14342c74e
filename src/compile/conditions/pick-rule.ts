import type { VariableLookup } from '../../protocol/index.ts';
import type { ConditionCache } from './condition-cache.ts';
import { evaluateExpression } from './expression/evaluate-expression.ts';
import {
  type ChangesClause,
  type ClauseVerdict,
  type ExistsClause,
  type FileSources,
  holdsChanges,
  holdsExists,
} from './paths/match-paths.ts';

/** The clauses of a rule. All that are given must hold; a rule with none always matches. */
export interface RuleClauses {
  readonly if: string | null;
  readonly changes: ChangesClause | null;
  readonly exists: ExistsClause | null;
}

/** What clauses are judged by. `cache` and `files` are the same for a whole compile, `variables` differ from job to job. */
export interface RuleContext {
  /** Expanded values. */
  readonly variables: VariableLookup;
  readonly files: FileSources;
  readonly cache: ConditionCache;
}

/** `index` counts from 0. `reason` is for people, such as `rule 2: $CI_COMMIT_BRANCH == "main"` or `no rule matched`. */
export type RulePick<R> =
  | { readonly kind: 'matched'; readonly rule: R; readonly index: number; readonly reason: string }
  | { readonly kind: 'none'; readonly reason: string }
  /** A clause could not be judged; the pipeline cannot be made. */
  | { readonly kind: 'broken'; readonly index: number; readonly message: string };

/** The first rule whose clauses all hold. */
export function pickRule<R extends RuleClauses>(rules: readonly R[], context: RuleContext): RulePick<R> {
  for (let index = 0; index < rules.length; index++) {
    const rule = rules[index] as R;
    const verdict = holds(rule, context);
    if (typeof verdict === 'object') return { kind: 'broken', index, message: verdict.error };
    if (verdict) return { kind: 'matched', rule, index, reason: describeRule(rule, index) };
  }
  return { kind: 'none', reason: rules.length === 0 ? 'its rules are empty' : 'no rule matched' };
}

function holds(rule: RuleClauses, context: RuleContext): ClauseVerdict {
  if (rule.if !== null) {
    const verdict = holdsIf(rule.if, context);
    if (verdict !== true) return verdict;
  }
  if (rule.changes !== null) {
    const verdict = holdsChanges(rule.changes, context);
    if (verdict !== true) return verdict;
  }
  return rule.exists === null || holdsExists(rule.exists, context);
}

export function holdsIf(text: string, context: RuleContext): ClauseVerdict {
  const parsed = context.cache.parse(text);
  if (!parsed.ok) return { error: parsed.mistake.message };
  return evaluateExpression(parsed.expression, context.variables, context.cache);
}

function describeRule(rule: RuleClauses, index: number): string {
  if (rule.if !== null && rule.changes === null && rule.exists === null)
    return `rule ${index + 1}: ${onOneLine(rule.if)}`;
  const clauses: string[] = [];
  if (rule.if !== null) clauses.push(onOneLine(rule.if));
  if (rule.changes !== null) clauses.push(`changes: [${rule.changes.paths.join(', ')}]`);
  if (rule.exists !== null) clauses.push(`exists: [${rule.exists.paths.join(', ')}]`);
  return `rule ${index + 1}: ${clauses.length === 0 ? 'always' : clauses.join(' and ')}`;
}

/** Most expressions are on one line already; a test is several times cheaper than a replacement, and this runs for every job. */
function onOneLine(text: string): string {
  return /^\s|\s\s|[\t\r\n]|\s$/.test(text) ? text.replace(/\s+/g, ' ').trim() : text;
}
