import type { JobRow } from '../../lifecycle/index.ts';
import { fromJson } from '../schema/json.ts';
import type { Db } from '../store.ts';
import { stateOf } from './job-columns.ts';
import { JOB_COLUMNS, type JobRecord, jobOf } from './job-record.ts';
import { jobVariablesIdentity } from './write-jobs.ts';

export async function findJob(db: Db, id: number): Promise<JobRecord | null> {
  const row = await db.query.selectFrom('jobs').select(JOB_COLUMNS).where('id', '=', id).executeTakeFirst();
  return row === undefined ? null : jobOf(row);
}

/** By its number in the pipeline, as the lifecycle names jobs. */
export async function findJobByNumber(db: Db, pipelineId: number, number: number): Promise<JobRecord | null> {
  const row = await db.query
    .selectFrom('jobs')
    .select(JOB_COLUMNS)
    .where('pipeline_id', '=', pipelineId)
    .where('number', '=', number)
    .executeTakeFirst();
  return row === undefined ? null : jobOf(row);
}

/** As `setJobVariables` was given them; null: none. */
export async function findJobVariables(db: Db, id: number): Promise<unknown> {
  const row = await db.query.selectFrom('jobs').select('variables').where('id', '=', id).executeTakeFirst();
  return row?.variables == null ? null : fromJson<unknown>(db.sealer.open(jobVariablesIdentity(id), row.variables));
}

/** What `restorePipeline` wants of every job there ever was, by number, and beside it the ids. */
export async function loadJobRows(db: Db, pipelineId: number): Promise<readonly (JobRow & { readonly id: number })[]> {
  const rows = await db.query
    .selectFrom('jobs')
    .select(['id', 'position', 'state'])
    .where('pipeline_id', '=', pipelineId)
    .orderBy('number')
    .execute();
  return rows.map(({ id, position, state }) => ({ id, position, state: stateOf(state) }));
}
