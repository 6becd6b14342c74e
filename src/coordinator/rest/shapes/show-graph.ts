import type { Plan, PlannedJob } from '../../../protocol/index.ts';
import type { PipelineGraph } from '../schemas/graph.ts';

/** @param withReasons the asker may read the CI file, whose rules the reasons quote */
export function showGraph({ stages, jobs, leftOut }: Plan, withReasons: boolean): PipelineGraph {
  const positions = new Map(jobs.map(({ name }, position) => [name, position]));
  return {
    stages: [...stages],
    jobs: jobs.map((job) => ({
      ...showNode(job, positions),
      reason: withReasons ? (job.reason ?? null) : null,
    })),
    left_out: withReasons && leftOut !== undefined ? [...leftOut] : null,
  };
}

function showNode(
  job: PlannedJob,
  positions: ReadonlyMap<string, number>,
): Omit<PipelineGraph['jobs'][number], 'reason'> {
  return {
    name: job.name,
    group: job.groupName,
    node: job.node,
    stage: job.stageIndex,
    kind: job.isTrigger ? 'bridge' : 'job',
    needs: job.needs === null ? null : positionsOf(job.needs, positions),
    when: job.when,
    manual_confirmation: job.manualConfirmation,
  };
}

function positionsOf(needs: readonly { readonly job: string }[], positions: ReadonlyMap<string, number>): number[] {
  return needs.map(({ job }) => positions.get(job)).filter((position) => position !== undefined);
}
