import { createHash } from 'node:crypto';
import type { Clock } from '../../../base/index.ts';
import { COOKIE_VARIABLE } from '../../cookie.ts';
import type { JobSpec, Place } from '../../executor.ts';
import type { JobCgroup } from '../../processes/cgroup.ts';
import { createProcessTree } from '../../processes/process-tree.ts';
import type { ProcessTable } from '../../processes/table/process-table.ts';
import { privateDir } from '../container/private-notes.ts';

const NO_CGROUP: JobCgroup = {
  entrance: () => null,
  members: () => new Set(),
  frozen: (action) => action(),
  thaw: () => {},
  remove: async () => {},
};

/** Programs of this machine that work for a job in its project directory: git, of this runner or of one before it. They are in no container, and stopped with the job all the same. */
export function hostPrograms(
  job: JobSpec,
  table: ProcessTable,
  clock: Clock,
): Pick<Place, 'signal'> & Pick<NonNullable<Place['host']>, 'environment'> {
  // Not the job's own: a runner that is root sees all that runs in the container by that.
  const cookie = createHash('sha256').update(`host ${job.cookie}`).digest('hex').slice(0, job.cookie.length);
  const { signal } = createProcessTree({
    ...{ stepsDir: privateDir(job.stepsDir), cookie, directories: [], cgroup: NO_CGROUP, table, clock },
  });
  return { signal, environment: { ...job.environment, [COOKIE_VARIABLE]: cookie } };
}
