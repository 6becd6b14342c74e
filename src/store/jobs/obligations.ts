import type { Page } from '../schema/page.ts';
import type { Db } from '../store.ts';
import type { JobRecord } from './job-record.ts';
import { pageOfJobs } from './list-jobs.ts';

/** `open`: cleanup is owed and not recorded yet; the others are how it ended. */
export type ObligationKind = 'open' | 'failed' | 'timed_out' | 'skipped' | 'lost';

/** Jobs whose cleanup is open or did not end well, by id; an index holds these alone. */
export async function listObligations(
  db: Db,
  kind: ObligationKind,
  projectId: number | null,
  page: Page,
): Promise<readonly JobRecord[]> {
  const query = db.query
    .selectFrom('jobs')
    .$if(kind === 'open', (jobs) => jobs.where('is_owed', '=', 1).where('cleanup_outcome', 'is', null))
    // Said as well as meant: SQLite takes a partial index only when the condition stands in the query.
    .$if(kind !== 'open', (jobs) =>
      jobs
        .where('cleanup_outcome', '=', kind)
        .where('cleanup_outcome', 'in', ['failed', 'timed_out', 'skipped', 'lost']),
    )
    .$if(projectId !== null, (jobs) => jobs.where('project_id', '=', projectId ?? 0));
  return await pageOfJobs(query, page);
}
