import { expandText, type Hooks, type PlannedJob, type Variable, type VariableLookup } from '../../protocol/index.ts';
import type { JobDecision } from '../conditions/index.ts';
import { hooksOf, type Job, keyword } from '../config/job.ts';
import { LIMITS } from '../limits.ts';
import { memo } from '../memo.ts';
import type { Session } from '../session.ts';
import type { DefaultKeyword, JobConfig } from '../shape/job.ts';
import type { NestedLines } from '../shape/scalars.ts';
import { isInherited } from '../yaml/mapping.ts';
import type { Instance } from './expand-parallel.ts';
import { flatten, plainList } from './flatten.ts';
import type { PlannedRule } from './job-conditions.ts';
import { planImage, planServices } from './keywords/plan-container.ts';
import { planEnvironment, planRetry, planTrigger } from './keywords/plan-deploy.ts';
import { planHooks } from './keywords/plan-hooks.ts';
import { planArtifacts, planCache } from './keywords/plan-storage.ts';

/** A job that its rules have added, with what they made of it. */
export interface Decided {
  readonly instance: Instance;
  readonly decision: Extract<JobDecision<PlannedRule>, { kind: 'added' }>;
  readonly variables: readonly Variable[];
  readonly lookup: VariableLookup;
}

const NONE: readonly never[] = [];
const NO_HOOKS: Hooks = { preGetSourcesScript: NONE, preStopK8sContainerHandler: null };

/**
 * Makes the jobs of one plan, but for their stage index, needs and dependencies: these depend on the jobs that are added after them. What jobs
 * share in the file they share in the plan.
 */
export function jobPlanner(session: Session): (decided: Decided) => PlannedJob {
  const lines = linePlanner(session);
  const image = planKeyword('image', planImage);
  const services = planKeyword('services', planServices);
  const cache = planKeyword('cache', planCache);
  const artifacts = planKeyword('artifacts', planArtifacts);
  const retry = planKeyword('retry', planRetry);
  const beforeScript = planKeyword('before_script', lines);
  const afterScript = planKeyword('after_script', lines);
  const tags = planKeyword('tags', plainList);
  const never = planRetry(0);
  return ({ decision, instance, variables, lookup }) => {
    const { job } = instance;
    const { config, name: groupName, stage } = job;
    const hooks = hooksOf(job);
    const timeout = keyword(job, 'timeout');
    return {
      name: instance.name,
      groupName,
      stage,
      stageIndex: 0,
      node: instance.node,
      when: decision.when,
      startInMs: decision.startInMs,
      allowFailure: decision.allowFailure,
      needs: null,
      dependencies: NONE,
      interruptible: decision.rule?.config.interruptible ?? keyword(job, 'interruptible') ?? false,
      retry: retry(job) ?? never,
      resourceGroup: config.resource_group ? expandText(config.resource_group, lookup) || null : null,
      isTrigger: config.trigger !== undefined && config.trigger !== null,
      variables,
      beforeScript: beforeScript(job) ?? NONE,
      script: lines(config.script),
      afterScript: afterScript(job) ?? NONE,
      hooks: hooks ? planHooks(hooks, lines) : NO_HOOKS,
      timeoutMs: timeout ? timeoutMs(timeout, session) : null,
      image: image(job),
      services: services(job) ?? NONE,
      tags: expandTags(tags(job) ?? NONE, lookup),
      cache: cache(job) ?? NONE,
      artifacts: artifacts(job),
      environment: config.environment ? planEnvironment(config.environment) : null,
      trigger: config.trigger ? planTrigger(config.trigger) : null,
      coverage: config.coverage ?? null,
      manualConfirmation: config.manual_confirmation ?? null,
      reason: decision.reason,
    };
  };
}

/** Plans one keyword of a job; what comes from a template or from `default` is made once for all jobs that share it. */
function planKeyword<K extends Exclude<DefaultKeyword, 'hooks'>, R>(
  key: K,
  make: (value: NonNullable<JobConfig[K]>) => R,
): (job: Job) => R | null {
  const shared = memo(make);
  return (job) => {
    const value = keyword(job, key);
    if (value === undefined || value === null) return null;
    const isOwn = value === job.config[key] && !isInherited(job.config, key, value);
    return isOwn ? make(value) : shared(value);
  };
}

function linePlanner(session: Session): (lines: NestedLines | null | undefined) => readonly string[] {
  return (lines) => {
    if (lines === null || lines === undefined) return NONE;
    if (typeof lines === 'string') return [lines];
    const flat = flatten<string>(lines, LIMITS.scriptLines);
    if (flat !== null) return flat;
    const { listDepth, scriptLines } = LIMITS;
    const message = `a script is nested more than ${listDepth} lists deep or longer than ${scriptLines} lines`;
    session.problems.add({ code: 'script-too-deep', message }, { node: lines });
    return NONE;
  };
}

function timeoutMs(timeout: string | number, session: Session): number | null {
  const parsed = session.duration(timeout);
  return parsed.ok ? parsed.ms : null;
}

function expandTags(tags: readonly string[], lookup: VariableLookup): readonly string[] {
  for (const tag of tags) if (tag.includes('$')) return tags.map((text) => expandText(text, lookup));
  return tags;
}
