import type { Job } from '../config/job.ts';
import type { Session } from '../session.ts';
import type { RootMap } from '../yaml/compose/compose.ts';
import { expandParallel, type Instance } from './expand-parallel.ts';

/** What the jobs of a file are in a pipeline before rules are asked: of several with one name, the last. */
export interface Instances {
  readonly of: (job: Job) => readonly Instance[];
  /** By parallel job, names of its copies that another job has taken: whoever needs all of its copies needs those too. */
  readonly taken: ReadonlyMap<string, readonly string[]>;
}

/**
 * A copy of a parallel job may have the name of another job (`t: [dk]`). As in GitLab the later one counts, whatever the rules of the two say;
 * the user hears of it.
 */
export function expandJobs(jobs: readonly Job[], merged: RootMap, session: Session): Instances {
  // Names of the file are unique; only copies can repeat one.
  if (!jobs.some(({ config }) => config.parallel)) return { of: expandParallel, taken: new Map() };
  const instances = new Map(jobs.map((job) => [job, expandParallel(job)]));
  const last = new Map<string, Instance>();
  const taken = new Map<string, readonly string[]>();
  for (const instance of [...instances.values()].flat()) {
    const { name, job } = instance;
    const earlier = last.get(name);
    last.set(name, instance);
    if (earlier === undefined) continue;
    if (earlier.job !== job) taken.set(earlier.job.name, [...(taken.get(earlier.job.name) ?? []), name]);
    const message = `job "${job.name}": there is a job "${name}" before this one, and only the later one counts`;
    const finding = { code: 'double-job', message, path: `jobs.${job.name}`, severity: 'warning' } as const;
    session.problems.add(finding, { node: merged, key: job.name });
  }
  return { of: (job) => (instances.get(job) ?? []).filter((instance) => last.get(instance.name) === instance), taken };
}
