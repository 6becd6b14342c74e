import type { AllowFailure, When } from '../../protocol/index.ts';
import { DEFAULT_ONLY_REFS, judgePolicy, type RefPolicy } from './match-only-except.ts';
import type { PipelineRef } from './match-refs.ts';
import { pickRule, type RuleClauses, type RuleContext } from './pick-rule.ts';

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
      /** null exactly when `when` is not `delayed`. */
      readonly startInMs: number | null;
      readonly allowFailure: AllowFailure;
      /** Its variables, needs and interruptible override the job's; null when no rule was involved. */
      readonly rule: R | null;
      readonly reason: string;
    }
  | { readonly kind: 'excluded'; readonly reason: string }
  /** The pipeline cannot be made. `ruleIndex` counts from 0; null when the trouble is in only or except. */
  | { readonly kind: 'broken'; readonly ruleIndex: number | null; readonly message: string };

/** Rules win over only and except; without either the job is added. */
export function decideJob<R extends JobRule>(job: JobConditions<R>, context: JobContext): JobDecision<R> {
  return job.rules === null ? decideByPolicies(job, context) : decideByRules(job, job.rules, context);
}

function decideByRules<R extends JobRule>(
  job: JobConditions<R>,
  rules: readonly R[],
  context: JobContext,
): JobDecision<R> {
  const pick = pickRule(rules, context);
  if (pick.kind === 'broken') return { kind: 'broken', ruleIndex: pick.index, message: pick.message };
  if (pick.kind === 'none') return { kind: 'excluded', reason: pick.reason };
  const when = pick.rule.when ?? job.when ?? 'on_success';
  if (when === 'never') return { kind: 'excluded', reason: `${pick.reason} (when: never)` };
  return {
    kind: 'added',
    when,
    startInMs: when === 'delayed' ? (pick.rule.startInMs ?? job.startInMs) : null,
    allowFailure: pick.rule.allowFailure ?? ownAllowFailure(job),
    rule: pick.rule,
    reason: pick.reason,
  };
}

function decideByPolicies<R extends JobRule>(job: JobConditions<R>, context: JobContext): JobDecision<R> {
  const verdict = judgeOnlyAndExcept(job, context);
  if (typeof verdict === 'string') return { kind: 'excluded', reason: verdict };
  if (verdict !== null) return { kind: 'broken', ruleIndex: null, message: verdict.error };
  const when = job.when ?? 'on_success';
  return {
    kind: 'added',
    when,
    startInMs: when === 'delayed' ? job.startInMs : null,
    allowFailure: ownAllowFailure(job),
    rule: null,
    reason: describeAdmission(job),
  };
}

/** Why the job is left out; null when it is not. */
function judgeOnlyAndExcept(
  job: Pick<JobConditions<JobRule>, 'only' | 'except'>,
  context: JobContext,
): string | null | { readonly error: string } {
  const only = effectiveOnly(job.only, context.hasWorkflowRules);
  if (only !== null) {
    const parts = judgePolicy(only, context.ref, context);
    if ('error' in parts) return parts;
    const missed = parts.find((part) => !part.holds);
    if (missed !== undefined) return `not in only: ${missed.text}${job.only === null ? ' (the default)' : ''}`;
  }
  if (job.except === null) return null;
  const parts = judgePolicy(job.except, context.ref, context);
  if ('error' in parts) return parts;
  const met = parts.find((part) => part.holds);
  return met === undefined ? null : `excluded by except: ${met.text}`;
}

/** An `only` without refs keeps the default ones beside what it adds. */
function effectiveOnly(only: RefPolicy | null, hasWorkflowRules: boolean): RefPolicy | null {
  if (only === null && hasWorkflowRules) return null;
  const written = only ?? { refs: null, variables: null, changes: null, kubernetes: false };
  return written.refs === null ? { ...written, refs: DEFAULT_ONLY_REFS } : written;
}

/** A job that is manual by itself is optional; one that only a rule made manual holds up the pipeline. */
function ownAllowFailure(job: Pick<JobConditions<JobRule>, 'allowFailure' | 'when'>): AllowFailure {
  return job.allowFailure ?? job.when === 'manual';
}

function describeAdmission(job: Pick<JobConditions<JobRule>, 'only' | 'except'>): string {
  if (job.only !== null) return 'only matched';
  return job.except === null ? 'it has no rules' : 'except did not match';
}
