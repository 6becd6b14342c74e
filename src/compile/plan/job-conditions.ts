import type { JobConditions } from '../conditions/index.ts';
import type { Job } from '../config/job.ts';
import { memo } from '../memo.ts';
import type { Session } from '../session.ts';
import type { NestedRules } from '../shape/rules.ts';
import { isInherited } from '../yaml/mapping.ts';
import { plainList } from './flatten.ts';
import { type PlannedRule, readPolicy, readRules } from './job-rules.ts';

/** A job and when it is added to a pipeline, ready to be judged. */
export interface ConditionedJob {
  readonly job: Job;
  readonly conditions: JobConditions<PlannedRule>;
}

/** Reads the conditions of every job. All mistakes in them come to light here, whichever rule a pipeline would reach. */
export function readConditions(jobs: readonly Job[], session: Session): readonly ConditionedJob[] {
  const sharedRules = new Map<NestedRules, readonly PlannedRule[]>();
  const policy = memo(readPolicy);
  return jobs.map((job) => {
    const { config } = job;
    return {
      job,
      conditions: {
        rules: config.rules ? rulesOf(job, config.rules, sharedRules, session) : null,
        only: config.only ? policy(config.only) : null,
        except: config.except ? policy(config.except) : null,
        when: config.when ?? null,
        startInMs: startIn(config.start_in, session),
        allowFailure: allowFailure(config.allow_failure),
      },
    };
  });
}

function rulesOf(
  job: Job,
  nested: NestedRules,
  shared: Map<NestedRules, readonly PlannedRule[]>,
  session: Session,
): readonly PlannedRule[] {
  if (!isInherited(job.config, 'rules', nested)) return readRules(nested, job.name, session);
  let rules = shared.get(nested);
  if (rules === undefined) {
    rules = readRules(nested, job.name, session);
    shared.set(nested, rules);
  }
  return rules;
}

function startIn(text: string | number | null | undefined, session: Session): number | null {
  if (text === null || text === undefined) return null;
  const parsed = session.duration(text);
  return parsed.ok ? parsed.ms : null;
}

function allowFailure(value: Job['config']['allow_failure']): JobConditions<PlannedRule>['allowFailure'] {
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean') return value;
  return { exitCodes: typeof value.exit_codes === 'number' ? [value.exit_codes] : plainList(value.exit_codes) };
}
