import type { AnswerOf } from '../../api/call.ts';
import type { BriefJob, Graph } from '../pipeline/pipeline-job.ts';

export type Lint = AnswerOf<'POST /api/v4/projects/:id/ci/lint'>;
export type PlannedJob = NonNullable<Lint['jobs']>[number];

export interface Drawing {
  readonly graph: Graph;
  readonly jobs: ReadonlyMap<number, BriefJob>;
}

/** The jobs that there would be as those of a pipeline that has not begun: what arranges those arranges these. */
export function drawPlanned(planned: readonly PlannedJob[]): Drawing {
  const stages = [...new Set(planned.map(({ stage }) => stage))];
  const groups = Map.groupBy(planned, ({ name }) => groupOf(name));
  const positions = positionsByName(planned);
  const graphJobs = planned.map(({ name, stage, needs, when, reason }): Graph['jobs'][number] => {
    const group = groupOf(name);
    const total = groups.get(group)?.length ?? 1;
    const isOneOfMany = group !== name;
    return {
      name,
      group,
      node: isOneOfMany ? { index: (groups.get(group)?.findIndex((job) => job.name === name) ?? 0) + 1, total } : null,
      stage: stages.indexOf(stage),
      kind: 'job',
      needs: needs?.flatMap((need) => positions.get(need.name) ?? []) ?? null,
      when,
      manual_confirmation: null,
      reason,
    };
  });
  return { graph: { stages, jobs: graphJobs, left_out: null }, jobs: new Map(planned.map(unbegun)) };
}

/** Of parallel jobs the name says which it is: `test 2/3`, `test: [linux, 24]`. */
function groupOf(name: string): string {
  return name.replace(/(?: \d+\/\d+|: \[.*\])$/, '');
}

/** Who needs the group needs all of it. */
function positionsByName(planned: readonly PlannedJob[]): ReadonlyMap<string, readonly number[]> {
  const positions = new Map<string, number[]>();
  planned.forEach(({ name }, position) => {
    for (const each of new Set([name, groupOf(name)])) positions.set(each, [...(positions.get(each) ?? []), position]);
  });
  return positions;
}

function unbegun({ name, stage, when, allow_failure }: PlannedJob, position: number): [number, BriefJob] {
  const none = {
    teardown: null,
    cleanup: null,
    downstream_pipeline_id: null,
    started_at: null,
    duration: null,
    scheduled_at: null,
    finished_at: null,
  };
  const status = when === 'manual' ? 'manual' : 'created';
  return [
    position,
    { ...none, id: position, position, name, stage, kind: 'job', status, allow_failure, retried: false, phase: null },
  ];
}
