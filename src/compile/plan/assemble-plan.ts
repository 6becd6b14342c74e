import type { Plan } from '../../protocol/index.ts';
import type { RootConfig } from '../config/read-root.ts';
import type { Session } from '../session.ts';
import type { Pipeline } from './decide-pipeline.ts';
import { findCycle } from './find-cycle.ts';
import type { PickedJob } from './pick-jobs.ts';
import { jobPlanner } from './plan-job.ts';
import { dependencyResolver } from './resolve-dependencies.ts';
import { indexJobs, resolveNeeds } from './resolve-needs.ts';

/** Joins the picked jobs into a plan: stages, needs and artifacts get their final names. */
export function assemblePlan(
  picked: readonly PickedJob[],
  root: RootConfig,
  pipeline: Pipeline,
  session: Session,
): Plan {
  const used = new Set(picked.map(({ job }) => job.stage));
  const stages = root.stages.filter((stage) => used.has(stage));
  const stageIndex = new Map(stages.map((stage, index) => [stage, index]));
  const index = indexJobs(picked);
  const planJob = jobPlanner(session);
  const dependenciesOf = dependencyResolver(picked, index, stages);
  const jobs = picked.map((job) => {
    const needs = resolveNeeds(job, index, session);
    const place = stageIndex.get(job.job.stage) ?? 0;
    return planJob(job, { stageIndex: place, needs, dependencies: dependenciesOf(job, needs) });
  });
  // Needs of the jobs themselves were checked before; `rules:needs` can still close a circle.
  if (picked.some(({ decision }) => decision.rule?.config.needs)) reportCycle(jobs, session);
  return { name: pipeline.name, stages, variables: pipeline.scope.planned, autoCancel: pipeline.autoCancel, jobs };
}

function reportCycle(jobs: Plan['jobs'], session: Session): void {
  const needs = new Map(jobs.map((job) => [job.name, job.needs?.map((need) => need.job) ?? []]));
  const cycle = findCycle(needs.keys(), (name) => needs.get(name) ?? []);
  if (cycle === null) return;
  session.problems.add({ code: 'needs-cycle', message: `needs go round in a circle: ${cycle.join(' → ')}` }, null);
}
