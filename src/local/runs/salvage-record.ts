import { join } from 'node:path';
import { listJournals } from '../../runner/index.ts';
import type { RunRecord } from './run-record.ts';

/**
 * What a run was, told by the journals of its jobs alone, for one whose `run.json` cannot be read: a job has all that its cleanup
 * needs in a journal of its own. null: none of them can be read either. The checkout is empty when all jobs have ended; whether somebody
 * wanted to keep their directories nobody knows any more.
 */
export function salvageRecord(path: string, id: number): RunRecord | null {
  const jobs = listJournals(join(path, 'jobs')).flatMap(({ reading }) => (reading.kind === 'usable' ? [reading] : []));
  const [job] = jobs.toSorted((a, b) => Number(a.progress.result !== null) - Number(b.progress.result !== null));
  if (job === undefined) return null;
  const { repo_url: checkout, ref, sha } = job.record.payload.git_info;
  return { id, checkout, startedAt: job.progress.acceptedAt ?? 0, ref, sha, keep: false, outerJob: null };
}
