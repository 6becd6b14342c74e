import type { Page } from '../schema/page.ts';
import type { Db } from '../store.ts';
import { JOB_COLUMNS, type JobRecord, jobOf } from './job-record.ts';

/** `open`: cleanup is owed and not recorded yet; the others are how it ended. */
export type ObligationKind = 'open' | 'failed' | 'timed_out' | 'skipped' | 'lost';

/** Jobs whose cleanup is open or did not end well, by id; an index holds these alone. */
export async function listObligations(
  db: Db,
  kind: ObligationKind,
  projectId: number | null,
  { limit, offset, after, order }: Page,
): Promise<readonly JobRecord[]> {
  const rows = await db.query
    .selectFrom('jobs')
    .select(JOB_COLUMNS)
    .$if(kind === 'open', (query) => query.where('is_owed', '=', 1).where('cleanup_outcome', 'is', null))
    // Said as well as meant: SQLite takes a partial index only when the condition stands in the query.
    .$if(kind !== 'open', (query) =>
      query
        .where('cleanup_outcome', '=', kind)
        .where('cleanup_outcome', 'in', ['failed', 'timed_out', 'skipped', 'lost']),
    )
    .$if(projectId !== null, (query) => query.where('project_id', '=', projectId ?? 0))
    .$if(after !== null, (query) => query.where('id', order === 'desc' ? '<' : '>', after ?? 0))
    .orderBy('id', order)
    .limit(limit)
    .offset(offset)
    .execute();
  return rows.map(jobOf);
}
