import type { When } from '../../protocol/index.ts';
import type { JobConditions, JobRule, RefPolicy } from '../conditions/index.ts';
import type { Job } from '../config/job.ts';
import { changesClause, existsClause } from '../config/rule-clauses.ts';
import { LIMITS } from '../limits.ts';
import { memo } from '../memo.ts';
import type { Session } from '../session.ts';
import type { NestedRules, PolicyConfig, RuleConfig } from '../shape/rules.ts';
import { isInherited } from '../yaml/mapping.ts';
import { flatten, plainList } from './flatten.ts';

/** A rule ready to be judged; `config` keeps what a matched rule changes in its job. */
export interface PlannedRule extends JobRule {
  readonly config: RuleConfig;
}

/**
 * Turns what a job says about its conditions into what `decideJob` judges. Mistakes were reported before. Nothing but shared rules is
 * remembered: for thousands of jobs, things that die young are cheaper than things that are kept.
 */
export function conditionsReader(session: Session): (job: Job) => JobConditions<PlannedRule> {
  const readRules = (nested: NestedRules) =>
    (flatten<RuleConfig>(nested, LIMITS.rules) ?? []).map((rule) => readRule(rule, session));
  const shared = memo(readRules);
  return ({ config }) => {
    const { rules, only, except, when, start_in: startIn, allow_failure: allow } = config;
    const read = isInherited(config, 'rules', rules) ? shared : readRules;
    return {
      rules: rules ? read(rules) : null,
      only: only ? readPolicy(only) : null,
      except: except ? readPolicy(except) : null,
      when: when ?? null,
      startInMs: durationMs(startIn, session),
      allowFailure: readAllowFailure(allow),
    };
  };
}

function readRule(rule: RuleConfig, session: Session): PlannedRule {
  return {
    if: rule.if ?? null,
    changes: changesClause(rule.changes),
    exists: existsClause(rule.exists),
    when: (rule.when as When | 'never' | null | undefined) ?? null,
    startInMs: durationMs(rule.start_in, session),
    allowFailure: rule.allow_failure ?? null,
    config: rule,
  };
}

function durationMs(text: string | number | null | undefined, session: Session): number | null {
  if (text === null || text === undefined) return null;
  const parsed = session.duration(text);
  return parsed.ok ? parsed.ms : null;
}

function readAllowFailure(value: Job['config']['allow_failure']): JobConditions<PlannedRule>['allowFailure'] {
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean') return value;
  return { exitCodes: typeof value.exit_codes === 'number' ? [value.exit_codes] : plainList(value.exit_codes) };
}

/** A list is short for `refs`. */
function readPolicy(policy: PolicyConfig): RefPolicy {
  if ('length' in policy) return { refs: policy, variables: null, changes: null, kubernetes: false };
  return {
    refs: policy.refs ?? null,
    variables: policy.variables ?? null,
    changes: policy.changes ?? null,
    kubernetes: policy.kubernetes === 'active',
  };
}
