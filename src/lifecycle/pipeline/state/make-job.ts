import { invariant } from '../../../base/index.ts';
import { createJob, type JobPolicy, type JobSpec, type JobState } from '../../job/index.ts';
import type { PipelineJob, PipelineShape, SchedulableJob } from './pipeline-state.ts';

/** A fresh job for a position: the first one, or a retry. */
export function makeJob(shape: PipelineShape, position: number, number: number, earlierRetries: number): PipelineJob {
  const rules = shape.rules[position];
  invariant(rules !== undefined, `no job at position ${position}`);
  const state = createJob(specOf(rules, shape.policy));
  return { number, position, rules, state, allowFailure: mayFail(rules, state), earlierRetries, retriedAs: null };
}

/** The job in another state, and what follows from that. */
export function withState(job: PipelineJob, state: JobState): PipelineJob {
  return { ...job, state, allowFailure: mayFail(job.rules, state) };
}

function mayFail({ allowFailure }: SchedulableJob, { status, exitCode }: JobState): boolean {
  if (typeof allowFailure === 'boolean') return allowFailure;
  return status === 'failed' && exitCode !== null && allowFailure.exitCodes.includes(exitCode);
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
