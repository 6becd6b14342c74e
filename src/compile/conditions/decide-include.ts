import { decideWorkflow, type WorkflowRule } from './decide-workflow.ts';
import type { RuleContext } from './pick-rule.ts';

export type IncludeDecision =
  | { readonly kind: 'included'; readonly reason: string }
  | { readonly kind: 'left_out'; readonly reason: string }
  | { readonly kind: 'broken'; readonly ruleIndex: number; readonly message: string };

/** `include:rules` decide as `workflow:rules` do; null: always included. Only pre-pipeline variables belong into the context. */
export function decideInclude(rules: readonly WorkflowRule[] | null, context: RuleContext): IncludeDecision {
  const decision = decideWorkflow(rules, context);
  if (decision.kind === 'broken') return decision;
  return { kind: decision.kind === 'run' ? 'included' : 'left_out', reason: decision.reason };
}
