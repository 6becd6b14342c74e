import type { SelectQueryBuilder } from 'kysely';
import type { Status } from '../../protocol/index.ts';
import type { Page } from '../schema/page.ts';
import type { Tables } from '../schema/tables.ts';
import type { Db } from '../store.ts';
import { JOB_COLUMNS, type JobRecord, jobOf } from './job-record.ts';

/** Null: any. One of project, pipeline and runner should be there, or the list is a walk through all jobs. */
export interface JobFilter {
  readonly projectId: number | null;
  readonly pipelineId: number | null;
  readonly runnerId: number | null;
  readonly name: string | null;
  readonly statuses: readonly Status[] | null;
  readonly kind: 'script' | 'trigger' | null;
  /** Retried jobs are left out unless they are asked for. */
  readonly withRetried: boolean;
}

export const ANY_JOB: JobFilter = {
  projectId: null,
  pipelineId: null,
  runnerId: null,
  name: null,
  statuses: null,
  kind: null,
  withRetried: false,
};

/** By id. */
export async function listJobs(db: Db, filter: JobFilter, page: Page): Promise<readonly JobRecord[]> {
  return await pageOfJobs(matching(db, filter), page);
}

/** One page of the jobs that a query finds, by id. */
export async function pageOfJobs(
  query: SelectQueryBuilder<Tables, 'jobs', object>,
  { limit, offset, after, order }: Page,
): Promise<readonly JobRecord[]> {
  const rows = await query
    .select(JOB_COLUMNS)
    .$if(after !== null, (rest) => rest.where('id', order === 'desc' ? '<' : '>', after ?? 0))
    .orderBy('id', order)
    .limit(limit)
    .offset(offset)
    .execute();
  return rows.map(jobOf);
}

/** How many there are, counted up to `most`. */
export async function countJobs(db: Db, filter: JobFilter, most: number): Promise<number> {
  const { total } = await db.query
    .selectFrom(matching(db, filter).select('id').limit(most).as('found'))
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return total;
}

function matching(db: Db, filter: JobFilter): SelectQueryBuilder<Tables, 'jobs', object> {
  const { projectId, pipelineId, runnerId, name, statuses, kind, withRetried } = filter;
  return db.query
    .selectFrom('jobs')
    .$if(projectId !== null, (query) => query.where('project_id', '=', projectId ?? 0))
    .$if(pipelineId !== null, (query) => query.where('pipeline_id', '=', pipelineId ?? 0))
    .$if(runnerId !== null, (query) => query.where('runner_id', '=', runnerId))
    .$if(name !== null, (query) => query.where('name', '=', name ?? ''))
    .$if(statuses !== null, (query) => query.where('status', 'in', statuses ?? []))
    .$if(kind !== null, (query) => query.where('kind', '=', kind ?? ''))
    .$if(!withRetried, (query) => query.where('is_retried', '=', 0));
}
