import { sql } from 'kysely';
import type { Db } from '../store.ts';

/** What the jobs of a pipeline come to, retried ones left out. */
export interface PipelineSums {
  /** When each of its jobs ran; the end is null while it runs. */
  readonly spans: readonly { readonly from: number; readonly to: number | null }[];
  /** Of the jobs that measured one. */
  readonly coverages: readonly number[];
}

export async function sumUpPipeline(db: Db, id: number): Promise<PipelineSums> {
  const jobs = await db.query
    .selectFrom('jobs')
    .select(['started_at', 'finished_at', 'coverage'])
    .where('pipeline_id', '=', id)
    .where('is_retried', '=', 0)
    .where(sql<boolean>`(started_at is not null or coverage is not null)`)
    .execute();
  return {
    spans: jobs.flatMap((job) => (job.started_at === null ? [] : [{ from: job.started_at, to: job.finished_at }])),
    coverages: jobs.flatMap(({ coverage }) => (coverage === null ? [] : [Number(coverage)])),
  };
}
