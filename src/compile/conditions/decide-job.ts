import type { AllowFailure, When } from '../../protocol/index.ts';
import type { PipelineRef, RefPolicy } from './match-only-except.ts';
import type { RuleClauses, RuleContext } from './pick-rule.ts';

/** A job's rule. Callers add what else a rule may carry (variables, needs, interruptible) and read it off the matched rule. */
export interface JobRule extends RuleClauses {
  readonly when: When | 'never' | null;
  readonly startInMs: number | null;
  readonly allowFailure: boolean | null;
}

/** What the job itself says; null where it is silent. `rules` excludes `only` and `except` (the shape pass reports it). */
export interface JobConditions<R extends JobRule> {
  readonly rules: readonly R[] | null;
  readonly only: RefPolicy | null;
  readonly except: RefPolicy | null;
  readonly when: When | null;
  readonly startInMs: number | null;
  readonly allowFailure: AllowFailure | null;
}

export interface JobContext extends RuleContext {
  readonly ref: PipelineRef;
  /** The file has `workflow:rules`: jobs without conditions lose the default `only: [branches, tags]`. */
  readonly hasWorkflowRules: boolean;
}

/** Whether a job is in the pipeline, how, and why in words for `epilogue list`. */
export type JobDecision<R> =
  | {
      readonly kind: 'added';
      readonly when: When;
      readonly startInMs: number | null;
      readonly allowFailure: AllowFailure;
      /** Its variables, needs and interruptible override the job's; null when no rule was involved. */
      readonly rule: R | null;
      readonly reason: string;
    }
  | { readonly kind: 'excluded'; readonly reason: string }
  /** The pipeline cannot be made. `ruleIndex` from 0; null when the trouble is in only or except. */
  | { readonly kind: 'broken'; readonly ruleIndex: number | null; readonly message: string };

export declare function decideJob<R extends JobRule>(job: JobConditions<R>, context: JobContext): JobDecision<R>;
