import type { WorkflowRule } from './decide-workflow.ts';
import type { RuleContext } from './pick-rule.ts';

export type IncludeDecision =
  | { readonly kind: 'included'; readonly reason: string }
  | { readonly kind: 'left_out'; readonly reason: string }
  | { readonly kind: 'broken'; readonly ruleIndex: number; readonly message: string };

/** `include:rules`; `rules` null: always included. Only pre-pipeline variables belong into the context. */
export declare function decideInclude(rules: readonly WorkflowRule[] | null, context: RuleContext): IncludeDecision;
