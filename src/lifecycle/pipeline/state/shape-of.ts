import { invariant } from '../../../base/index.ts';
import { DEFAULT_POLICY } from '../../job/index.ts';
import type { PipelineOptions, PipelineShape, SchedulableJob } from './pipeline-state.ts';

/** @param rules job names are unique, and needs name jobs that are there: whoever compiled them has seen to it. */
export function shapeOf(rules: readonly SchedulableJob[], options: PipelineOptions): PipelineShape {
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
  return {
    rules,
    stageNames: options.stages,
    autoCancel: options.autoCancel ?? { onNewCommit: 'conservative', onJobFailure: 'none' },
    policy: options.policy ?? DEFAULT_POLICY,
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
