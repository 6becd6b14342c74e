import { join } from 'node:path';
import { listJournals } from '../../runner/index.ts';
import { finishWireJob, type JobContext } from '../job/run-wire-job.ts';
import type { JobHomes } from '../job-homes.ts';

/** Jobs of a runner that died, one after the other; what was never accepted is nobody's. */
export async function takeUpJobs(context: JobContext, homes: JobHomes, directory: string): Promise<void> {
  for (const { id, reading } of listJournals(join(directory, 'jobs'))) {
    if (reading.kind === 'unusable') context.warn(`job directory ${id} is passed over: ${reading.why}`);
    if (reading.kind !== 'usable') continue;
    await finishWireJob(context, reading.record, homes.find(id));
  }
}
