import { sql } from 'kysely';
import { insertRows, rowsOf } from '../connection/bulk.ts';
import { bit, fromJson, toJson } from '../schema/json.ts';
import type { Tx } from '../store.ts';
import { columnsOf, type StoredState } from './job-columns.ts';
import type { LateCleanup, NewJob } from './job-record.ts';

/** Inserts jobs of a locked or new pipeline in one statement. Returns their ids by number. */
export async function insertJobs(
  tx: Tx,
  pipeline: { readonly id: number; readonly projectId: number },
  jobs: readonly NewJob[],
): Promise<ReadonlyMap<number, number>> {
  const now = tx.now();
  const rows = jobs.map((job) => ({
    pipeline_id: pipeline.id,
    project_id: pipeline.projectId,
    number: job.number,
    position: job.position,
    name: job.name,
    stage: job.stage,
    stage_index: job.stageIndex,
    kind: job.kind,
    tags: toJson(job.tags),
    resource_group: job.resourceGroup,
    ...columnsOf(job.state),
    is_retried: 0,
    allow_failure: bit(job.allowFailure),
    user_id: job.userId,
    created_at: now,
    updated_at: now,
  }));
  const ids = await insertRows<{ number: number; id: number }>(tx, 'jobs', rows, ['number', 'id']);
  return new Map(ids.map(({ number, id }) => [number, id]));
}

/** What an event left of one job. */
export interface JobChange {
  readonly number: number;
  readonly state: StoredState;
  readonly allowFailure: boolean;
  readonly isRetried: boolean;
}

/** Writes the jobs that an event touched, in one statement. The pipeline's row has to be locked. */
export async function updateJobs(tx: Tx, pipelineId: number, changes: readonly JobChange[]): Promise<void> {
  const now = tx.now();
  const rows = changes.map(({ number, state, allowFailure, isRetried }) => ({
    number,
    ...columnsOf(state),
    allow_failure: bit(allowFailure),
    is_retried: bit(isRetried),
    updated_at: now,
  }));
  const [first] = rows;
  if (first === undefined) return;
  const { from, column } = rowsOf(tx, 'jobs', rows);
  const names = Object.keys(first);
  // Materialized, or SQLite parses all the rows again for every job of the pipeline: 5,000 jobs took a minute.
  const list = sql.join(names.map((name) => sql`${column(name)} as ${sql.ref(name)}`));
  const sets = sql.join(
    names.filter((name) => name !== 'number').map((name) => sql`${sql.ref(name)} = changed.${sql.ref(name)}`),
  );
  await sql`with changed as materialized (select ${list} from ${from})
    update jobs set ${sets} from changed where jobs.pipeline_id = ${pipelineId} and jobs.number = changed.number`.execute(
    tx.query,
  );
}

/** Who has the job now: set with the claim. */
export async function setJobRunner(tx: Tx, id: number, runnerId: number, managerId: number | null): Promise<void> {
  await tx.query.updateTable('jobs').set({ runner_id: runnerId, manager_id: managerId }).where('id', '=', id).execute();
}

/** Who played it. */
export async function setJobUser(tx: Tx, id: number, userId: number | null): Promise<void> {
  await tx.query.updateTable('jobs').set({ user_id: userId }).where('id', '=', id).execute();
}

/** A number as text, as it was found in the log. */
export async function setJobCoverage(tx: Tx, id: number, coverage: string | null): Promise<void> {
  await tx.query.updateTable('jobs').set({ coverage }).where('id', '=', id).execute();
}

export async function setJobErased(tx: Tx, id: number, userId: number | null): Promise<void> {
  await tx.query.updateTable('jobs').set({ erased_at: tx.now(), erased_by: userId }).where('id', '=', id).execute();
}

/** The last word counts, unless one before it was that the cleanup succeeded. @returns whether it is new */
export async function setLateCleanup(tx: Tx, id: number, said: Omit<LateCleanup, 'notedAt'>): Promise<boolean> {
  const row = await tx.query.selectFrom('jobs').select('late_cleanup').where('id', '=', id).executeTakeFirst();
  const before = row?.late_cleanup ?? null;
  if (before !== null) {
    const { notedAt: _, ...known } = fromJson<LateCleanup>(before);
    if (known.outcome === 'succeeded' || toJson(known) === toJson(said)) return false;
  }
  const { numUpdatedRows } = await tx.query
    .updateTable('jobs')
    .set({ late_cleanup: toJson({ ...said, notedAt: tx.now() }) })
    .where('id', '=', id)
    .where('late_cleanup', before === null ? 'is' : '=', before)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Variables given to this job alone when it was played or retried; JSON, sealed. */
export async function setJobVariables(tx: Tx, id: number, variables: unknown): Promise<void> {
  const sealed = tx.sealer.seal(jobVariablesIdentity(id), toJson(variables));
  await tx.query.updateTable('jobs').set({ variables: sealed }).where('id', '=', id).execute();
}

export function jobVariablesIdentity(id: number): string {
  return `job variables ${id}`;
}
