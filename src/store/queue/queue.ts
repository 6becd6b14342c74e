import { sql } from 'kysely';
import { inParts, rowsOf } from '../connection/bulk.ts';
import type { Db, Tx } from '../store.ts';

export interface Waiting {
  readonly jobId: number;
  readonly pipelineId: number;
  readonly laneId: number;
  /** Who waits longer goes first. UTC ms. */
  readonly since: number;
}

/** Part of the pipeline's transaction. A job that waits already is put where this says, without the reservation that it may have had. */
export async function putInQueue(tx: Tx, waiting: readonly Waiting[]): Promise<void> {
  if (waiting.length === 0) return;
  const { from, column } = rowsOf(
    tx,
    'queue',
    waiting.map(({ jobId, pipelineId, laneId, since }) => ({
      job_id: jobId,
      pipeline_id: pipelineId,
      lane_id: laneId,
      since,
    })),
  );
  await sql`insert into queue (job_id, pipeline_id, lane_id, since, reserved_until, reservation)
    select ${column('job_id')}, ${column('pipeline_id')}, ${column('lane_id')}, ${column('since')}, 0, null from ${from} where true
    on conflict (job_id) do update set lane_id = excluded.lane_id, since = excluded.since, reserved_until = 0, reservation = null`.execute(
    tx.query,
  );
  for (const laneId of new Set(waiting.map((each) => each.laneId))) tx.publish({ kind: 'work', id: laneId, value: 0 });
}

/** Part of the pipeline's transaction: the jobs no longer wait, whoever has reserved them. */
export async function removeFromQueue(tx: Tx, jobIds: readonly number[]): Promise<void> {
  for (const some of inParts(jobIds)) await tx.query.deleteFrom('queue').where('job_id', 'in', some).execute();
}

/** Part of the claim, under the pipeline's lock. False: the reservation is not (or no longer) this one, and the job is not to be had. */
export async function takeReserved(tx: Tx, jobId: number, reservation: string): Promise<boolean> {
  const { numDeletedRows } = await tx.query
    .deleteFrom('queue')
    .where('job_id', '=', jobId)
    .where('reservation', '=', reservation)
    .executeTakeFirst();
  return numDeletedRows === 1n;
}

/** The job is for anybody again: whoever reserved it cannot use it. Without this it would be so at `reserved_until`. */
export async function releaseReservation(tx: Tx, jobId: number, reservation: string): Promise<void> {
  await tx.query
    .updateTable('queue')
    .set({ reserved_until: 0, reservation: null })
    .where('job_id', '=', jobId)
    .where('reservation', '=', reservation)
    .execute();
}

/** How many jobs wait in a lane, counted up to `most`. */
export async function countWaiting(db: Db, laneId: number, most: number): Promise<number> {
  const { total } = await db.query
    .selectFrom(db.query.selectFrom('queue').select('job_id').where('lane_id', '=', laneId).limit(most).as('found'))
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return total;
}

/** What has waited since before `before` and nobody has reserved now, longest first: offers of cleanups too. `after`: the last one of the page before. */
export async function listWaitingSince(
  db: Db,
  before: number,
  limit: number,
  after: Waiting | null = null,
): Promise<readonly Waiting[]> {
  const rows = await db.query
    .selectFrom('queue')
    .select(['job_id', 'pipeline_id', 'lane_id', 'since'])
    .where('since', '<', before)
    .where('reserved_until', '<=', db.now())
    .$if(after !== null, (query) =>
      query.where(({ eb, refTuple, tuple }) =>
        eb(refTuple('since', 'job_id'), '>', tuple(after?.since ?? 0, after?.jobId ?? 0)),
      ),
    )
    .orderBy('since')
    .orderBy('job_id')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    jobId: row.job_id,
    pipelineId: row.pipeline_id,
    laneId: row.lane_id,
    since: row.since,
  }));
}
