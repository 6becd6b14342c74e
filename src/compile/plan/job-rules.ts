import type { When } from '../../protocol/index.ts';
import type { JobRule, RefPolicy } from '../conditions/index.ts';
import { changesClause, existsClause } from '../config/rule-clauses.ts';
import { LIMITS } from '../limits.ts';
import type { Session } from '../session.ts';
import type { NestedRules, NestedWorkflowRules, PolicyConfig, RuleConfig, WorkflowRuleConfig } from '../shape/rules.ts';
import { flatten } from './flatten.ts';

/** A rule ready to be judged; `config` keeps what a matched rule changes in its job. */
export interface PlannedRule extends JobRule {
  readonly config: RuleConfig;
}

/** Reads the rules of one job: flattened, durations parsed, every `if` checked for its syntax whether it will be reached or not. */
export function readRules(nested: NestedRules, job: string, session: Session): readonly PlannedRule[] {
  const rules = flatten<RuleConfig>(nested, LIMITS.rules);
  if (rules !== null) return rules.map((rule) => readRule(rule, job, session));
  session.problems.add(
    { code: 'too-many-rules', message: `job "${job}": rules are nested too deep or too many` },
    { node: nested },
  );
  return [];
}

function readRule(rule: RuleConfig, job: string, session: Session): PlannedRule {
  checkIf(rule, job, session);
  return {
    if: rule.if ?? null,
    changes: changesClause(rule.changes),
    exists: existsClause(rule.exists),
    when: (rule.when as When | 'never' | null | undefined) ?? null,
    startInMs: readStartIn(rule, job, session),
    allowFailure: rule.allow_failure ?? null,
    config: rule,
  };
}

/** `job` null: a rule of the workflow. */
function checkIf(rule: Pick<RuleConfig, 'if'>, job: string | null, session: Session): void {
  if (rule.if === undefined || rule.if === null) return;
  const parsed = session.cache.parse(rule.if);
  if (parsed.ok) return;
  const { message, hint, offset } = parsed.mistake;
  const subject = job === null ? 'workflow' : `job "${job}"`;
  const text = `${subject}: rules:if: ${message} (at character ${offset + 1} of \`${rule.if}\`)`;
  const finding = { code: 'bad-expression', message: text, ...(hint === undefined ? {} : { hint }) };
  session.problems.add(finding, { node: rule, key: 'if', part: 'value' });
}

function readStartIn(rule: RuleConfig, job: string, session: Session): number | null {
  const { when, start_in: startIn } = rule;
  const complain = (code: string, message: string, key: string) => {
    session.problems.add({ code, message: `job "${job}": ${message}` }, { node: rule, key });
    return null;
  };
  if (startIn === undefined || startIn === null) {
    return when === 'delayed' ? complain('bad-start-in', 'a rule with when: delayed needs start_in', 'when') : null;
  }
  if (when !== 'delayed') return complain('bad-start-in', 'start_in needs when: delayed', 'start_in');
  const parsed = session.duration(startIn);
  if (!parsed.ok) return complain('bad-duration', `start_in: ${parsed.message}`, 'start_in');
  return parsed.ms > LIMITS.startInMs ? complain('bad-start-in', 'start_in is at most 1 week', 'start_in') : parsed.ms;
}

export function readWorkflowRules(nested: NestedWorkflowRules, session: Session): readonly WorkflowRuleConfig[] {
  const rules = flatten<WorkflowRuleConfig>(nested, LIMITS.rules) ?? [];
  for (const rule of rules) checkIf(rule, null, session);
  return rules;
}

/** A list is short for `refs`. */
export function readPolicy(policy: PolicyConfig): RefPolicy {
  if (!('length' in policy)) {
    return {
      refs: policy.refs ?? null,
      variables: policy.variables ?? null,
      changes: policy.changes ?? null,
      kubernetes: policy.kubernetes === 'active',
    };
  }
  return { refs: policy as readonly string[], variables: null, changes: null, kubernetes: false };
}
