import { type Holder, listJournals, readHolder, tryLockJournals } from '../../runner/index.ts';
import { jobsDirectory, type RunDirectory } from '../runs/run-directory.ts';
import { readEnding } from '../runs/run-ending.ts';

export interface AbandonedRun {
  readonly run: number;
  readonly beingRecoveredBy: Holder | null;
  readonly jobs: readonly { readonly id: number; readonly name: string; readonly owed: boolean }[];
}

/** Those of the runs that died and whose obligations nobody has met yet; for showing, nothing is touched. */
export async function findAbandonedRuns(runs: readonly RunDirectory[]): Promise<readonly AbandonedRun[]> {
  const found: AbandonedRun[] = [];
  for (const run of runs) {
    if (readEnding(run) !== null) continue;
    // A lock that cannot even be looked at is one that nobody holds.
    const lock = await tryLockJournals(run.path).catch(() => 'unusable' as const);
    if (lock !== 'unusable') lock?.release();
    const holder = readHolder(run.path);
    if (lock === null && holder?.role === 'run') continue;
    found.push({ run: run.record.id, beingRecoveredBy: lock === null ? holder : null, jobs: openJobs(run) });
  }
  return found;
}

function openJobs(run: RunDirectory): AbandonedRun['jobs'] {
  return listJournals(jobsDirectory(run)).flatMap(({ id, reading }) => {
    if (reading.kind === 'none') return [];
    if (reading.kind === 'unusable') return [{ id, name: `job ${id} (${reading.why})`, owed: true }];
    const { record, progress } = reading;
    if (progress.result !== null) return [];
    return [{ id, name: record.payload.job_info.name, owed: progress.owed && progress.cleanup === null }];
  });
}
