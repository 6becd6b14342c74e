import { invariant } from '../../base/index.ts';
import { EMPTY_TALLY, isTallyDone, recount } from '../decisions/index.ts';
import { createJob, DEFAULT_POLICY, type JobPolicy, type JobSpec } from '../job/index.ts';
import type { PipelineJob, PipelineOptions, PipelineShape, PipelineState, SchedulableJob } from './pipeline-state.ts';
import { slotsOf } from './slots.ts';

/** A pipeline whose jobs are all `created`. Send it `start` to set it going. */
export function createPipeline(rules: readonly SchedulableJob[], options: PipelineOptions): PipelineState {
  const shape = shapeOf(rules, options);
  const jobs = rules.map((_, position) => newJob(shape, position, { number: position }));
  const stages = options.stages.map(() => EMPTY_TALLY);
  let total = EMPTY_TALLY;
  for (const { stageIndex } of rules) {
    stages[stageIndex] = recount(stages[stageIndex] ?? EMPTY_TALLY, 'created', 1);
    total = recount(total, 'created', 1);
  }
  const firstOpen = stages.findIndex((sum) => !isTallyDone(sum));
  return {
    shape,
    status: 'created',
    cancelRequest: null,
    jobs: slotsOf(jobs),
    current: slotsOf(jobs.map((_, position) => position)),
    openNeeds: slotsOf(shape.needs.map((needs) => needs?.length ?? 0)),
    stages: slotsOf(stages),
    total,
    frontier: firstOpen === -1 ? stages.length : firstOpen,
    resources: slotsOf([...shape.resourceKeys].map(() => ({ holder: null, waiting: [] }))),
  };
}

/** A fresh job for a position: the first one, or a retry. */
export function newJob(
  shape: PipelineShape,
  position: number,
  made: { readonly number: number; readonly earlierRetries?: number },
): PipelineJob {
  const rules = shape.rules[position];
  invariant(rules !== undefined, `no job at position ${position}`);
  return {
    number: made.number,
    position,
    rules,
    state: createJob(specOf(rules, shape.policy)),
    allowFailure: rules.allowFailure === true,
    earlierRetries: made.earlierRetries ?? 0,
    retriedAs: null,
  };
}

function specOf(rules: SchedulableJob, policy: JobPolicy): JobSpec {
  return {
    kind: rules.isTrigger ? 'trigger' : 'script',
    interruptible: rules.interruptible,
    hasResourceGroup: rules.resourceGroup !== null,
    hasCleanup: !rules.isTrigger && rules.afterScript?.length !== 0,
    startInMs: rules.startInMs,
    strategy: rules.trigger?.strategy ?? 'none',
    policy,
  };
}

function shapeOf(rules: readonly SchedulableJob[], options: PipelineOptions): PipelineShape {
  const positions = new Map(rules.map((rule, position) => [rule.name, position]));
  invariant(positions.size === rules.length, 'job names are unique');
  const needs = rules.map((rule) => needsOf(rule, positions));
  const neededBy: number[][] = rules.map(() => []);
  for (const [position, needed] of needs.entries()) for (const of of needed ?? []) neededBy[of]?.push(position);
  const stageMode: number[][] = options.stages.map(() => []);
  for (const [position, { stageIndex }] of rules.entries()) {
    invariant(stageIndex < options.stages.length, `stage ${stageIndex} of ${options.stages.length}`);
    if (needs[position] === null) stageMode[stageIndex]?.push(position);
  }
  const keys = new Set(rules.flatMap(({ resourceGroup }) => (resourceGroup === null ? [] : [resourceGroup])));
  return {
    rules,
    stageNames: options.stages,
    autoCancel: options.autoCancel ?? { onNewCommit: 'conservative', onJobFailure: 'none' },
    policy: options.policy ?? DEFAULT_POLICY,
    resourcesInside: (options.resources ?? 'pipeline') === 'pipeline',
    resourceKeys: new Map([...keys].map((key, index) => [key, index])),
    stageMode,
    neededBy,
    needs,
  };
}

function needsOf(rule: SchedulableJob, positions: ReadonlyMap<string, number>): readonly number[] | null {
  if (rule.needs === null) return null;
  const needed = rule.needs.map(({ job }) => {
    const position = positions.get(job);
    invariant(position !== undefined, `${rule.name} needs ${job}, which is not in the pipeline`);
    return position;
  });
  return [...new Set(needed)];
}
