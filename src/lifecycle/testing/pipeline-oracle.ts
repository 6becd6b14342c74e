import { isFinished, type Status } from '../../protocol/index.ts';
import type { PipelineJob, PipelineState } from '../pipeline/state/pipeline-state.ts';
import { currentJobs } from '../pipeline/state/read-pipeline.ts';

/*
 * The same rules once more, written the slow and simple way: everything from scratch, from all jobs, each time. Property tests
 * compare it with the incremental bookkeeping.
 */

function countsAs({ state, allowFailure }: PipelineJob): string {
  if (allowFailure && (state.status === 'failed' || state.status === 'canceled')) return 'warn';
  return allowFailure && state.status === 'manual' ? 'ignored' : state.status;
}

export function slowSum(jobs: readonly PipelineJob[], mode: 'stage' | 'needs'): Status {
  const counted = jobs.map(countsAs);
  const has = (...wanted: readonly string[]) => counted.some((kind) => wanted.includes(kind));
  const only = (...allowed: readonly string[]) => counted.every((kind) => allowed.includes(kind));
  if (counted.length === 0) return 'success';
  if (mode === 'needs' && has('skipped', 'ignored')) return 'skipped';
  if (only('skipped', 'ignored')) return 'skipped';
  if (only('success', 'skipped', 'warn', 'ignored')) return 'success';
  if (only('created', 'warn', 'ignored')) return 'created';
  if (only('canceled', 'success', 'skipped', 'warn', 'ignored')) return 'canceled';
  if (only('pending', 'created', 'skipped', 'warn', 'ignored')) return 'pending';
  if (has('running', 'pending')) return 'running';
  for (const status of ['waiting_for_resource', 'manual', 'scheduled'] as const) if (has(status)) return status;
  if (has('created')) return 'running';
  return has('canceling') ? 'canceling' : 'failed';
}

/** Names of the jobs that are still `created` although what they wait for has come to an end. */
export function overlooked(state: PipelineState): readonly string[] {
  const jobs = currentJobs(state);
  return jobs
    .filter((job) => job.state.status === 'created' && isFinished(slowSumBefore(job, jobs)))
    .map(({ rules }) => rules.name);
}

/** Whether a job that has had its turn was right to: what it waits for fits its `when`. Checked when it is handed out. */
export function mayStart(job: PipelineJob, jobs: readonly PipelineJob[]): boolean {
  const before = slowSumBefore(job, jobs);
  const { when, needs } = job.rules;
  if (when === 'always') return ['success', 'failed', 'skipped'].includes(before);
  if (when === 'on_failure') return before === 'failed';
  return before === 'success' || (needs === null && before === 'skipped');
}

function slowSumBefore({ rules }: PipelineJob, jobs: readonly PipelineJob[]): Status {
  if (rules.needs === null)
    return slowSum(
      jobs.filter((other) => other.rules.stageIndex < rules.stageIndex),
      'stage',
    );
  const names = new Set(rules.needs.map((need) => need.job));
  return slowSum(
    jobs.filter((other) => names.has(other.rules.name)),
    'needs',
  );
}
