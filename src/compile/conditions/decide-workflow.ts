import type { RuleClauses, RuleContext } from './pick-rule.ts';

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
export declare function decideWorkflow<R extends WorkflowRule>(
  rules: readonly R[] | null,
  context: RuleContext,
): WorkflowDecision<R>;
