import type { Plan } from '../protocol/index.ts';

/** Gives an image (`--image`) to the jobs that name none; null changes nothing. */
export function withDefaultImage(plan: Plan, name: string | null): Plan {
  if (name === null) return plan;
  const image = { name, entrypoint: null, pullPolicy: [], executorOpts: {} };
  return { ...plan, jobs: plan.jobs.map((job) => (job.image === null ? { ...job, image } : job)) };
}
