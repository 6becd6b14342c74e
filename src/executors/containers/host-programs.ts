import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '../../base/index.ts';
import { COOKIE_VARIABLE } from '../cookie.ts';
import type { JobSpec, Place, PlaceOnHost } from '../executor.ts';
import type { JobCgroup } from '../processes/cgroup.ts';
import { createProcessTree } from '../processes/process-tree.ts';
import type { ProcessTable } from '../processes/table/process-table.ts';

const NO_CGROUP: JobCgroup = {
  entrance: () => null,
  members: () => new Set(),
  frozen: (action) => action(),
  thaw: () => {},
  remove: async () => {},
};

export interface HostPrograms extends Pick<Place, 'signal'>, Pick<PlaceOnHost, 'environment'> {}

/** Programs of this machine that work for a job: git, of this runner or of one before it. They are in no container, and stopped with the job all the same. */
export function hostPrograms(job: JobSpec, table: ProcessTable, clock: Clock): HostPrograms {
  const cookie = cookieOf(job);
  const { signal } = createProcessTree({
    // No step runs here: what lies in its own says how they stand elsewhere.
    ...{ stepsDir: join(job.stepsDir, '.none'), cookie, directories: [], cgroup: NO_CGROUP, table, clock },
  });
  return { signal, environment: hostEnvironment(job) };
}

/** What they start with. */
export function hostEnvironment(job: JobSpec): PlaceOnHost['environment'] {
  return { ...job.environment, [COOKIE_VARIABLE]: cookieOf(job) };
}

/** Not the job's own: a runner that is root sees all that runs in the container by that. */
function cookieOf({ cookie }: JobSpec): string {
  return createHash('sha256').update(`host ${cookie}`).digest('hex').slice(0, cookie.length);
}
