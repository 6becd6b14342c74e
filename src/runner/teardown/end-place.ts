import { describeError } from '../../base/index.ts';
import type { JobRun } from '../job-run.ts';
import { warningLine } from '../log/sections.ts';
import { say } from '../log/tell.ts';
import { namesOf, stopTree } from './stop-tree.ts';

/**
 * Nothing is owed any more: ends what the cleanup has left running, by name, and removes the place unless somebody wants to look at it.
 * What cannot be ended or removed is told and left.
 */
export async function endPlace(run: JobRun, keep: boolean): Promise<void> {
  const { place, journal, ports, payload } = run;
  try {
    const hasCleaned = (journal.progress.cleanup?.attempt ?? 0) > 0;
    const left = keep ? await stopTree(run) : hasCleaned ? await place.signal('KILL') : [];
    if (left.length > 0) say(run, warningLine(`still running after the cleanup, and ended: ${namesOf(left)}`));
    await place.clean(keep);
  } catch (error) {
    ports.trouble(`${payload.job_info.name}: could not clean up after the job: ${describeError(error)}`);
  }
}
