import type { Db, Tx } from '../store.ts';

export interface Waiting {
  readonly jobId: number;
  readonly pipelineId: number;
  readonly laneId: number;
  /** Who waits longer goes first. UTC ms. */
  readonly since: number;
}

/** Part of the pipeline's transaction. A job that waits already is put where this says, without the reservation that it may have had. */
export async function putInQueue(tx: Tx, { jobId, pipelineId, laneId, since }: Waiting): Promise<void> {
  const row = { lane_id: laneId, since, reserved_until: 0, reservation: null };
  await tx.query
    .insertInto('queue')
    .values({ job_id: jobId, pipeline_id: pipelineId, ...row })
    .onConflict((conflict) => conflict.column('job_id').doUpdateSet(row))
    .execute();
  tx.publish({ kind: 'work', id: laneId, value: 0 });
}

/** Part of the pipeline's transaction: the job no longer waits, whoever has reserved it. */
export async function removeFromQueue(tx: Tx, jobId: number): Promise<void> {
  await tx.query.deleteFrom('queue').where('job_id', '=', jobId).execute();
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
