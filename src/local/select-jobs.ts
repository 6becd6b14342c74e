import type { Plan, PlannedJob } from '../protocol/index.ts';

export interface Selection {
  readonly plan: Plan;
  /** Names that no job of the plan has. */
  readonly unknown: readonly string[];
}

/**
 * The plan cut down to the named jobs and what these need: their `needs`, and the jobs whose artifacts they fetch. A name stands
 * for a job or for all instances of a parallel one. Without names the plan stays whole.
 */
export function selectJobs(plan: Plan, names: readonly string[]): Selection {
  if (names.length === 0) return { plan, unknown: [] };
  const byName = new Map(plan.jobs.map((job) => [job.name, job]));
  const wanted = new Set<PlannedJob>();
  const open = names.flatMap((name) => namedJobs(plan, name));
  for (let job = open.pop(); job !== undefined; job = open.pop()) {
    if (wanted.has(job)) continue;
    wanted.add(job);
    for (const name of [...(job.needs ?? []).map((need) => need.job), ...fetchedJobs(job, byName)]) {
      const needed = byName.get(name);
      if (needed !== undefined) open.push(needed);
    }
  }
  const jobs = plan.jobs.filter((job) => wanted.has(job));
  return { plan: { ...plan, jobs }, unknown: names.filter((name) => namedJobs(plan, name).length === 0) };
}

export function namedJobs(plan: Plan, name: string): PlannedJob[] {
  return plan.jobs.filter((job) => job.name === name || job.groupName === name);
}

/** A job of an earlier stage that keeps no artifacts has nothing to give, so it need not run. */
function fetchedJobs(job: PlannedJob, byName: ReadonlyMap<string, PlannedJob>): string[] {
  return job.dependencies.filter((name) => (byName.get(name)?.artifacts ?? null) !== null);
}
