import type { VariableLookup } from '../values/index.ts';
import type { ConditionCache } from './condition-cache.ts';
import type { ChangesClause, ExistsClause, FileSources } from './match-paths.ts';

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

/** `reason` is for people, such as `rule 2: $CI_COMMIT_BRANCH == "main"` or `no rule matched`. */
export type RulePick<R> =
  | { readonly kind: 'matched'; readonly rule: R /** From 0. */; readonly index: number; readonly reason: string }
  | { readonly kind: 'none'; readonly reason: string }
  /** A clause could not be judged; the pipeline cannot be made. */
  | { readonly kind: 'broken'; readonly index: number; readonly message: string };

/** The first rule whose clauses all hold. */
export declare function pickRule<R extends RuleClauses>(rules: readonly R[], context: RuleContext): RulePick<R>;
