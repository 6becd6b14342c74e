import { describeError, errorCode } from '../../base/index.ts';
import type { JobRun } from '../job-run.ts';

/** Nothing is owed any more: what cannot be removed, or killed, is told and left. */
export async function cleanPlace(run: JobRun): Promise<void> {
  try {
    await run.place.clean();
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    run.ports.trouble(`${run.payload.job_info.name}: could not clean up after the job: ${describeError(error)}`);
  }
}
