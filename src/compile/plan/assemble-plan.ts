import type { Plan, PlannedJob } from '../../protocol/index.ts';
import { findCycle } from '../check/find-cycle.ts';
import type { RootConfig } from '../config/read-root.ts';
import type { Session } from '../session.ts';
import type { Pipeline } from './decide-pipeline.ts';
import type { Draft } from './draft-jobs.ts';
import type { Instances } from './expand-jobs.ts';
import { dependencyResolver } from './resolve-dependencies.ts';
import { indexJobs, resolveNeeds } from './resolve-needs.ts';

/** Joins the drafts into a plan: now that all jobs of the pipeline are known, stages, needs and artifacts get their final names. */
export function assemblePlan(
  drafts: readonly Draft[],
  { taken }: Instances,
  { root, pipeline }: { readonly root: RootConfig; readonly pipeline: Pipeline },
  session: Session,
): Plan {
  const used = new Set(drafts.map(({ job }) => job.stage));
  const stages = root.stages.filter((stage) => used.has(stage));
  const stageIndex = new Map(stages.map((stage, index) => [stage, index]));
  const index = indexJobs(drafts, taken);
  const dependenciesOf = dependencyResolver(drafts, index, stages);
  const jobs: PlannedJob[] = [];
  for (const draft of drafts) {
    const { planned } = draft;
    planned.stageIndex = stageIndex.get(planned.stage) ?? 0;
    planned.needs = resolveNeeds(draft, index, session);
    planned.dependencies = dependenciesOf(draft, planned.needs);
    jobs.push(planned);
  }
  // Needs of the jobs themselves were checked before; `rules:needs` can still close a circle.
  if (drafts.some(({ job, needs }) => needs && needs !== job.config.needs)) reportCycle(jobs, session);
  return { name: pipeline.name, stages, variables: pipeline.scope.planned, autoCancel: pipeline.autoCancel, jobs };
}

function reportCycle(jobs: readonly PlannedJob[], session: Session): void {
  const needs = new Map(jobs.map((job) => [job.name, job.needs?.map((need) => need.job) ?? []]));
  const cycle = findCycle(needs.keys(), (name) => needs.get(name) ?? []);
  if (cycle === null) return;
  session.problems.add({ code: 'needs-cycle', message: `needs go round in a circle: ${cycle.join(' → ')}` }, null);
}
