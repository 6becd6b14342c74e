import { expect } from 'vitest';
import { loadJobRows } from '../../store/index.ts';
import type { Parts } from '../parts.ts';
import { derivedRows } from '../pipelines/transaction/derived-rows.ts';

interface Rows {
  readonly queue: readonly { readonly jobId: number; readonly kind: string; readonly since: number }[];
  readonly wakes: readonly { readonly jobId: number; readonly at: number }[];
  readonly attempts: readonly { readonly jobId: number; readonly attempt: number }[];
}

/** The rows beside the jobs of a pipeline (of all, when none is named) are those that follow from the jobs' states, no more and no less. */
export async function checkRows({ store }: Pick<Parts, 'store'>, pipelineId: number | null = null): Promise<void> {
  const { found, wanted } = await store.read(async (db) => {
    const queue = await db.query
      .selectFrom('queue')
      .innerJoin('lanes', 'lanes.id', 'queue.lane_id')
      .select(['job_id', 'kind', 'since'])
      .$if(pipelineId !== null, (query) => query.where('pipeline_id', '=', pipelineId ?? 0))
      .orderBy('job_id')
      .execute();
    const wakes = await db.query
      .selectFrom('wakes')
      .select(['job_id', 'at'])
      .$if(pipelineId !== null, (query) => query.where('pipeline_id', '=', pipelineId ?? 0))
      .orderBy('job_id')
      .execute();
    const attempts = await db.query
      .selectFrom('attempts')
      .select(['job_id', 'attempt'])
      .where('ended_at', 'is', null)
      .$if(pipelineId !== null, (query) => query.where('pipeline_id', '=', pipelineId ?? 0))
      .orderBy('job_id')
      .execute();
    const inDatabase: Rows = {
      queue: queue.map(({ job_id, kind, since }) => ({ jobId: job_id, kind, since })),
      wakes: wakes.map(({ job_id, at }) => ({ jobId: job_id, at })),
      attempts: attempts.map(({ job_id, attempt }) => ({ jobId: job_id, attempt })),
    };
    const kinds = await db.query
      .selectFrom('jobs')
      .select(['id', 'kind', 'pipeline_id'])
      .$if(pipelineId !== null, (query) => query.where('pipeline_id', '=', pipelineId ?? 0))
      .orderBy('id')
      .execute();
    const kindOf = new Map(kinds.map(({ id, kind }) => [id, kind]));
    const pipelines = [...new Set(kinds.map(({ pipeline_id }) => pipeline_id))];
    const jobs = (await Promise.all(pipelines.map((id) => loadJobRows(db, id)))).flat();
    return { found: inDatabase, wanted: wantedRows(jobs, kindOf) };
  });
  expect(found).toEqual(wanted);
}

function wantedRows(
  jobs: readonly Awaited<ReturnType<typeof loadJobRows>>[number][],
  kindOf: ReadonlyMap<number, string>,
): Rows {
  const rows = [...jobs]
    .sort((a, b) => a.id - b.id)
    .map(({ id, state }) => ({
      jobId: id,
      ...derivedRows(state, kindOf.get(id) === 'trigger' ? 'trigger' : 'script'),
    }));
  return {
    queue: rows.flatMap(({ jobId, queue }) => (queue === null ? [] : [{ jobId, ...queue }])),
    wakes: rows.flatMap(({ jobId, wakeAt }) => (wakeAt === null ? [] : [{ jobId, at: wakeAt }])),
    attempts: rows.flatMap(({ jobId, attempt }) => (attempt === null ? [] : [{ jobId, attempt }])),
  };
}
