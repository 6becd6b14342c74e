import { sql } from 'kysely';
import { knownBlobs } from '../artifacts/find-artifacts.ts';
import type { Db } from '../store.ts';

/** Ids of pipelines after this one, lowest first. */
export async function listPipelineIds(db: Db, after: number, limit: number): Promise<readonly number[]> {
  const rows = await db.query
    .selectFrom('pipelines')
    .select('id')
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

/** What stands beside a job in other tables. */
export interface RowsBesideJob {
  readonly kind: 'script' | 'trigger';
  readonly queue: { readonly kind: 'job' | 'cleanup'; readonly since: number } | null;
  readonly wakeAt: number | null;
  /** The attempts that have not ended. */
  readonly attempts: readonly number[];
}

/** Of all jobs of a pipeline, by id. */
export async function listRowsBesideJobs(db: Db, pipelineId: number): Promise<ReadonlyMap<number, RowsBesideJob>> {
  const jobs = await db.query
    .selectFrom('jobs')
    .leftJoin('queue', 'queue.job_id', 'jobs.id')
    .leftJoin('lanes', 'lanes.id', 'queue.lane_id')
    .leftJoin('wakes', 'wakes.job_id', 'jobs.id')
    .select(['jobs.id', 'jobs.kind', 'lanes.kind as lane', 'queue.since', 'wakes.at'])
    .where('jobs.pipeline_id', '=', pipelineId)
    .execute();
  const open = await db.query
    .selectFrom('attempts')
    .select(['job_id', 'attempt'])
    .where('pipeline_id', '=', pipelineId)
    .where('ended_at', 'is', null)
    .execute();
  return new Map(
    jobs.map(({ id, kind, lane, since, at }) => [
      id,
      {
        kind: kind as 'script' | 'trigger',
        queue: since === null ? null : { kind: lane as 'job' | 'cleanup', since },
        wakeAt: at,
        attempts: open.filter(({ job_id }) => job_id === id).map(({ attempt }) => attempt),
      },
    ]),
  );
}

/** Rows of these tables whose job is no more. */
export async function countStrayRows(db: Db): Promise<Readonly<Record<'queue' | 'wakes' | 'attempts', number>>> {
  const count = async (table: 'queue' | 'wakes' | 'attempts'): Promise<number> => {
    const { rows } = await sql<{ stray: number }>`select count(*) as stray from ${sql.table(table)} beside
      where not exists (select 1 from jobs where jobs.id = beside.job_id)`.execute(db.query);
    return Number(rows[0]?.stray ?? 0);
  };
  return { queue: await count('queue'), wakes: await count('wakes'), attempts: await count('attempts') };
}

/** Artifacts after this one, lowest id first. */
export async function listArtifactBlobs(
  db: Db,
  after: number,
  limit: number,
): Promise<readonly { readonly id: number; readonly jobId: number; readonly blob: string }[]> {
  const rows = await db.query
    .selectFrom('artifacts')
    .select(['id', 'job_id', 'blob'])
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(({ id, job_id, blob }) => ({ id, jobId: job_id, blob }));
}

/** Jobs after this one whose log is a blob, lowest first. */
export async function listSealedLogs(db: Db, after: number, limit: number): Promise<readonly number[]> {
  const rows = await db.query
    .selectFrom('logs')
    .select('job_id')
    .where('state', '=', 'sealed')
    .where('job_id', '>', after)
    .orderBy('job_id')
    .limit(limit)
    .execute();
  return rows.map(({ job_id }) => job_id);
}

/** Which of these keys an artifact names, or is noted as one that goes; and which of these jobs have a log that is not erased. */
export async function listNamedBlobs(
  db: Db,
  keys: readonly string[],
  logsOf: readonly number[],
): Promise<{ readonly keys: ReadonlySet<string>; readonly logsOf: ReadonlySet<number> }> {
  const known = await knownBlobs(db, keys);
  const doomed =
    keys.length === 0 ? [] : await db.query.selectFrom('doomed_blobs').select('key').where('key', 'in', keys).execute();
  const logs =
    logsOf.length === 0
      ? []
      : await db.query
          .selectFrom('logs')
          .select('job_id')
          .where('job_id', 'in', logsOf)
          .where('state', '<>', 'erased')
          .execute();
  return {
    keys: new Set([...known, ...doomed.map(({ key }) => key)]),
    logsOf: new Set(logs.map(({ job_id }) => job_id)),
  };
}
