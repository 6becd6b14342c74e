import type { Hooks, PlannedJob } from '../../protocol/index.ts';
import { LIMITS } from '../limits.ts';
import type { Session } from '../session.ts';
import type { NestedLines } from '../shape/scalars.ts';
import { expandText, parseDuration } from '../values/index.ts';
import { flatten } from './flatten.ts';
import { memo } from './memo.ts';
import type { PickedJob } from './pick-jobs.ts';
import { planImage, planServices } from './plan-container.ts';
import { planEnvironment, planRetry, planTrigger } from './plan-deploy.ts';
import { planHooks } from './plan-hooks.ts';
import { planArtifacts, planCache } from './plan-storage.ts';

export type PlanJob = (picked: PickedJob, resolved: Resolved) => PlannedJob;
export type Resolved = Pick<PlannedJob, 'stageIndex' | 'needs' | 'dependencies'>;

const NO_LINES: readonly string[] = [];
const NO_HOOKS: Hooks = { preGetSourcesScript: NO_LINES, preStopK8sContainerHandler: null };

/** Makes the jobs of one plan. What jobs share in the file they share in the plan. */
export function jobPlanner(session: Session): PlanJob {
  const lines = linePlanner(session);
  const part = {
    hooks: memo((hooks: Parameters<typeof planHooks>[0]) => planHooks(hooks, lines)),
    image: memo(planImage),
    services: memo(planServices),
    cache: memo(planCache),
    artifacts: memo(planArtifacts),
    environment: memo(planEnvironment),
    trigger: memo(planTrigger),
    retry: memo(planRetry),
    timeout: memo(planTimeout),
  };
  return (picked, resolved) => {
    const { config, name: groupName, stage } = picked.job;
    const { decision } = picked;
    return {
      name: picked.name,
      groupName,
      stage,
      stageIndex: resolved.stageIndex,
      node: picked.node,
      when: decision.when,
      startInMs: decision.startInMs,
      allowFailure: decision.allowFailure,
      needs: resolved.needs,
      dependencies: resolved.dependencies,
      interruptible: decision.rule?.config.interruptible ?? config.interruptible ?? false,
      retry: part.retry(config.retry),
      resourceGroup: expandOrNull(config.resource_group, picked),
      isTrigger: config.trigger !== undefined && config.trigger !== null,
      variables: picked.variables,
      beforeScript: lines(config.before_script),
      script: lines(config.script),
      afterScript: lines(config.after_script),
      hooks: config.hooks ? part.hooks(config.hooks) : NO_HOOKS,
      timeoutMs: config.timeout ? part.timeout(config.timeout) : null,
      image: config.image ? part.image(config.image) : null,
      services: config.services ? part.services(config.services) : [],
      tags: config.tags?.some((tag) => tag.includes('$'))
        ? config.tags.map((tag) => expandText(tag, picked.lookup))
        : (config.tags ?? []),
      cache: config.cache ? part.cache(config.cache) : [],
      artifacts: config.artifacts ? part.artifacts(config.artifacts) : null,
      environment: config.environment ? part.environment(config.environment) : null,
      trigger: config.trigger ? part.trigger(config.trigger) : null,
      coverage: config.coverage ?? null,
      manualConfirmation: config.manual_confirmation ?? null,
    };
  };
}

function linePlanner(session: Session): (lines: NestedLines | null | undefined) => readonly string[] {
  const ofList = memo((lines: readonly unknown[]) => {
    const flat = flatten<string>(lines, LIMITS.scriptLines);
    if (flat === null) {
      const message = `a script is nested more than ${LIMITS.listDepth} lists deep or longer than ${LIMITS.scriptLines} lines`;
      session.problems.add({ code: 'script-too-deep', message }, { node: lines });
    }
    return flat ?? NO_LINES;
  });
  return (lines) => {
    if (lines === null || lines === undefined) return NO_LINES;
    return typeof lines === 'string' ? [lines] : ofList(lines);
  };
}

function planTimeout(timeout: string | number): number | null {
  const parsed = parseDuration(timeout);
  return parsed.ok ? parsed.ms : null;
}

function expandOrNull(text: string | null | undefined, picked: PickedJob): string | null {
  if (text === null || text === undefined) return null;
  return expandText(text, picked.lookup) || null;
}
