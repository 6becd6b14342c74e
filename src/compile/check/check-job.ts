import { didYouMean } from '../../base/index.ts';
import type { Job } from '../config/job.ts';
import type { RootConfig } from '../config/read-root.ts';
import { hintForRootKey } from '../config/root-keys.ts';
import { LIMITS } from '../limits.ts';
import { expandMatrix } from '../plan/expand-parallel.ts';
import type { Session } from '../session.ts';
import { type JobConfig, type JobKeyword, TRIGGER_KEYS } from '../shape/job.ts';
import type { RootMap } from '../yaml/compose/compose.ts';
import type { Place } from '../yaml/source-map.ts';
import { type Complain, checkValues } from './check-values.ts';
import { isGiven } from './is-given.ts';

/** What one job must keep beyond the shape of each of its keywords. */
export function checkJob(job: Job, merged: RootMap, root: RootConfig, session: Session): void {
  const complain: Complain = (code, message, key, { at, hint } = {}) => {
    const path = key === undefined ? `jobs.${job.name}` : `jobs.${job.name}.${key}`;
    const place: Place = at ?? (key === undefined ? { node: merged, key: job.name } : { node: job.config, key });
    const finding = { code, message: `job "${job.name}": ${message}`, path, ...(hint === undefined ? {} : { hint }) };
    session.problems.add(finding, place);
  };
  checkStage(job, root, complain);
  checkAction(job, complain);
  checkMatrix(job.config, complain);
  checkTiming(job.config, session, complain);
  checkValues(job.config, session, complain);
}

function checkStage(job: Job, root: RootConfig, complain: Complain): void {
  if (root.stages.includes(job.stage)) return;
  const hint = didYouMean(job.stage, root.stages);
  const key = isGiven(job.config.stage) ? 'stage' : undefined;
  complain('unknown-stage', `the stage "${job.stage}" does not exist`, key, {
    hint: hint.hint ?? `the stages are ${root.stages.join(', ')}`,
  });
}

/** An `extends` that is still there could not be resolved: the script may well be in what it names. */
function checkAction({ name, config }: Job, complain: Complain): void {
  const { script, run, trigger } = config;
  if (isGiven(trigger)) checkTriggerJob(config, complain);
  else if (isGiven(run)) complain('not-supported', 'run (steps) is not supported yet', 'run', { hint: 'use script' });
  else if (!isGiven(script) && !isGiven(config.extends)) {
    complain('no-script', 'needs a script or a trigger', undefined, hintForRootKey(name));
  } else if (isGiven(script) && isEmptyScript(script)) complain('no-script', 'script is empty', 'script');
}

function checkMatrix({ parallel }: JobConfig, complain: Complain): void {
  if (!isGiven(parallel) || typeof parallel === 'number' || expandMatrix(parallel.matrix) !== null) return;
  complain('matrix-too-large', `parallel:matrix makes more than ${LIMITS.parallel} jobs`, 'parallel');
}

function checkTriggerJob(config: JobConfig, complain: Complain): void {
  for (const key of Object.keys(config) as JobKeyword[]) {
    if (!isGiven(config[key]) || TRIGGER_KEYS.has(key)) continue;
    complain('bad-trigger-job', `"${key}" does nothing in a trigger job, which runs no script`, key);
  }
  if (typeof config.parallel === 'number') {
    complain('bad-trigger-job', 'a trigger job can only have parallel:matrix', 'parallel');
  }
  if (config.when === 'delayed') complain('bad-trigger-job', 'a trigger job cannot be delayed', 'when');
  const allow = config.allow_failure;
  if (isGiven(allow) && typeof allow !== 'boolean') {
    complain('bad-trigger-job', 'allow_failure of a trigger job must be true or false', 'allow_failure');
  }
}

function checkTiming(config: JobConfig, session: Session, complain: Complain): void {
  const { rules, only, except, when, start_in: startIn } = config;
  const hasRules = isGiven(rules);
  if (hasRules && isGiven(only)) complain('rules-and-only', '"rules" and "only" exclude each other', 'only');
  if (hasRules && isGiven(except)) complain('rules-and-only', '"rules" and "except" exclude each other', 'except');
  if (!isGiven(startIn)) {
    if (when === 'delayed' && !hasRules) complain('bad-start-in', 'when: delayed needs start_in', 'when');
    return;
  }
  if (hasRules) complain('bad-start-in', 'beside "rules", start_in belongs into a rule', 'start_in');
  else if (when !== 'delayed') complain('bad-start-in', 'start_in needs when: delayed', 'start_in');
  const parsed = session.duration(startIn);
  if (!parsed.ok) complain('bad-duration', `start_in: ${parsed.message}`, 'start_in');
  else if (parsed.ms > LIMITS.startInMs) complain('bad-start-in', 'start_in is at most 1 week', 'start_in');
}

/** A line may be empty, and so may a list that a reference brings; GitLab only wants something to be there. */
function isEmptyScript(script: unknown): boolean {
  return Array.isArray(script) ? script.length === 0 : typeof script === 'string' && script.trim() === '';
}
