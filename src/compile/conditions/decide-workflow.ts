import { pickRule, type RuleClauses, type RuleContext } from './pick-rule.ts';

/** Callers add `variables`, `name` and `auto_cancel` and read them off the matched rule. */
export interface WorkflowRule extends RuleClauses {
  readonly when: 'always' | 'never' | null;
}

export type WorkflowDecision<R> =
  | { readonly kind: 'run'; readonly rule: R | null; readonly reason: string }
  /** No pipeline. */
  | { readonly kind: 'filtered'; readonly reason: string }
  | { readonly kind: 'broken'; readonly ruleIndex: number; readonly message: string };

/** `rules` null: the file has no `workflow:rules`, so the pipeline is made. */
export function decideWorkflow<R extends WorkflowRule>(
  rules: readonly R[] | null,
  context: RuleContext,
): WorkflowDecision<R> {
  if (rules === null) return { kind: 'run', rule: null, reason: 'no rules' };
  const pick = pickRule(rules, context);
  if (pick.kind === 'broken') return { kind: 'broken', ruleIndex: pick.index, message: pick.message };
  if (pick.kind === 'none') return { kind: 'filtered', reason: pick.reason };
  if (pick.rule.when === 'never') return { kind: 'filtered', reason: `${pick.reason} (when: never)` };
  return { kind: 'run', rule: pick.rule, reason: pick.reason };
}
