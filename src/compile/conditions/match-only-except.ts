import { matchRefs, type PipelineRef } from './match-refs.ts';
import { holdsChanges } from './paths/match-paths.ts';
import { holdsIf, type RuleContext } from './pick-rule.ts';

/** One `only` or `except`; a list form is `{ refs: [...] }`. null: that part was not written. */
export interface RefPolicy {
  readonly refs: readonly string[] | null;
  /** Expressions, of which one must hold. */
  readonly variables: readonly string[] | null;
  readonly changes: readonly string[] | null;
  /** `kubernetes: active`. */
  readonly kubernetes: boolean;
}

/** The policy of a job that has neither `rules` nor `only`, unless the file has `workflow:rules`. */
export const DEFAULT_ONLY_REFS: readonly string[] = ['branches', 'tags'];

/** Each part that was written, in words, and whether it holds. */
export interface PolicyPart {
  readonly text: string;
  readonly holds: boolean;
}

/** The parts of a policy judged one by one: `only` wants all of them, `except` is met by any of them. */
export function judgePolicy(
  policy: RefPolicy,
  ref: PipelineRef,
  context: RuleContext,
): readonly PolicyPart[] | { readonly error: string } {
  const parts: PolicyPart[] = [];
  if (policy.refs !== null) {
    parts.push({ text: `[${policy.refs.join(', ')}]`, holds: matchRefs(policy.refs, ref, context.cache) });
  }
  if (policy.variables !== null) {
    const verdicts = policy.variables.map((text) => holdsIf(text, context));
    const broken = verdicts.find((verdict) => typeof verdict === 'object');
    if (broken !== undefined) return broken;
    parts.push({ text: `variables: [${policy.variables.join(', ')}]`, holds: verdicts.includes(true) });
  }
  if (policy.changes !== null) {
    const verdict = holdsChanges({ paths: policy.changes, compareTo: null }, context);
    if (typeof verdict === 'object') return verdict;
    parts.push({ text: `changes: [${policy.changes.join(', ')}]`, holds: verdict });
  }
  if (policy.kubernetes) parts.push({ text: 'kubernetes: active (there is no cluster)', holds: false });
  return parts;
}
