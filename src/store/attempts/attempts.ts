import type { Selectable } from 'kysely';
import type { RunnerFeatures } from '../../lifecycle/index.ts';
import { fromJson, toJson } from '../schema/json.ts';
import type { Tables } from '../schema/tables.ts';
import type { Db, Tx } from '../store.ts';

export interface NewAttempt {
  readonly jobId: number;
  readonly pipelineId: number;
  readonly projectId: number;
  /** As the lifecycle counts. */
  readonly attempt: number;
  readonly kind: 'job' | 'cleanup';
  /** SHA-256 of the job token, hex. */
  readonly tokenHash: string;
  readonly runnerId: number;
  readonly managerId: number | null;
  readonly features: RunnerFeatures;
  /** UTC ms by the database's clock. */
  readonly leaseUntil: number;
}

export interface AttemptRecord extends NewAttempt {
  readonly id: number;
  /** When its runner was last heard of; null: never, the hand-out may not have reached it. */
  readonly contactedAt: number | null;
  readonly createdAt: number;
  /** Null: its token is good. */
  readonly endedAt: number | null;
}

/** Part of the transaction that claims the job. */
export async function insertAttempt(tx: Tx, attempt: NewAttempt): Promise<number> {
  const now = tx.now();
  const { id } = await tx.query
    .insertInto('attempts')
    .values({
      job_id: attempt.jobId,
      pipeline_id: attempt.pipelineId,
      project_id: attempt.projectId,
      attempt: attempt.attempt,
      kind: attempt.kind,
      token_hash: attempt.tokenHash,
      runner_id: attempt.runnerId,
      manager_id: attempt.managerId,
      features: toJson(attempt.features),
      lease_until: attempt.leaseUntil,
      created_at: now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** Attempts of a project that runners for all projects have now, counted up to `most`. */
export async function countOnInstanceRunners(db: Db, projectId: number, most: number): Promise<number> {
  const rows = await db.query
    .selectFrom('attempts')
    .innerJoin('runners', 'runners.id', 'attempts.runner_id')
    .select('attempts.id')
    .where('attempts.project_id', '=', projectId)
    .where('attempts.ended_at', 'is', null)
    .where('runners.kind', '=', 'instance')
    .limit(most)
    .execute();
  return rows.length;
}

/** Ended ones too: a late runner is told how its job ended. */
export async function findAttemptByToken(db: Db, tokenHash: string): Promise<AttemptRecord | null> {
  const row = await db.query.selectFrom('attempts').selectAll().where('token_hash', '=', tokenHash).executeTakeFirst();
  return row === undefined ? null : attemptOf(row);
}

export async function findAttempt(db: Db, jobId: number, attempt: number): Promise<AttemptRecord | null> {
  const row = await db.query
    .selectFrom('attempts')
    .selectAll()
    .where('job_id', '=', jobId)
    .where('attempt', '=', attempt)
    .executeTakeFirst();
  return row === undefined ? null : attemptOf(row);
}

/** The newest of these jobs, in the order of the hand-outs. */
export async function listAttemptsOf(
  db: Db,
  jobIds: readonly number[],
  limit: number,
): Promise<readonly AttemptRecord[]> {
  if (jobIds.length === 0) return [];
  const rows = await db.query
    .selectFrom('attempts')
    .selectAll()
    .where('job_id', 'in', jobIds)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(attemptOf).reverse();
}

/** The attempt, locked until the transaction ends: no renewal comes in between. Part of the pipeline's transaction. */
export async function lockAttempt(tx: Tx, jobId: number, attempt: number): Promise<AttemptRecord | null> {
  const row = await tx.query
    .selectFrom('attempts')
    .selectAll()
    .where('job_id', '=', jobId)
    .where('attempt', '=', attempt)
    .$if(tx.engine === 'postgres', (query) => query.forUpdate())
    .executeTakeFirst();
  return row === undefined ? null : attemptOf(row);
}

/** Prolongs the lease, never shortens it, and notes that the runner was heard. False: the attempt is over, and the runner has to be told so. */
export async function renewLease(tx: Tx, id: number, leaseUntil: number): Promise<boolean> {
  const { numUpdatedRows } = await tx.query
    .updateTable('attempts')
    .set(({ eb }) => ({
      contacted_at: tx.now(),
      // As a parameter: `then` would write the number into the text, and each lease would be a statement of its own to prepare.
      lease_until: eb
        .case()
        .when('lease_until', '<', leaseUntil)
        .then(eb.val(leaseUntil))
        .else(eb.ref('lease_until'))
        .end(),
    }))
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** The lease lasts no longer than that. */
export async function shortenLease(tx: Tx, id: number, leaseUntil: number): Promise<void> {
  await tx.query
    .updateTable('attempts')
    .set({ lease_until: leaseUntil })
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .where('lease_until', '>', leaseUntil)
    .execute();
}

/** Its token is dead from here on. Part of the transaction that ends the hand-out; again changes nothing. */
export async function endAttempt(tx: Tx, jobId: number, attempt: number): Promise<void> {
  await tx.query
    .updateTable('attempts')
    .set({ ended_at: tx.now() })
    .where('job_id', '=', jobId)
    .where('attempt', '=', attempt)
    .where('ended_at', 'is', null)
    .execute();
}

/** Its token is good again: the lost runner has taken its cleanup back. Part of the pipeline's transaction. */
export async function reopenAttempt(tx: Tx, id: number, leaseUntil: number): Promise<void> {
  await tx.query
    .updateTable('attempts')
    .set({ ended_at: null, lease_until: leaseUntil, contacted_at: tx.now() })
    .where('id', '=', id)
    .execute();
}

/** Whose lease is over, the longest over first. Each is looked at in a transaction of its pipeline, which may find it renewed. */
export async function listLapsedAttempts(db: Db, limit: number): Promise<readonly AttemptRecord[]> {
  const rows = await db.query
    .selectFrom('attempts')
    .selectAll()
    .where('ended_at', 'is', null)
    .where('lease_until', '<=', db.now())
    .orderBy('lease_until')
    .limit(limit)
    .execute();
  return rows.map(attemptOf);
}

/** Handed out before `before` and never heard of since, oldest first. */
export async function listSilentAttempts(db: Db, before: number, limit: number): Promise<readonly AttemptRecord[]> {
  const rows = await db.query
    .selectFrom('attempts')
    .selectAll()
    .where('ended_at', 'is', null)
    .where('contacted_at', 'is', null)
    .where('created_at', '<=', before)
    .orderBy('created_at')
    .limit(limit)
    .execute();
  return rows.map(attemptOf);
}

/** What a runner (one manager of it, or null: all) has in hand. */
export async function listOpenAttempts(
  db: Db,
  runnerId: number,
  managerId: number | null,
): Promise<readonly AttemptRecord[]> {
  const rows = await db.query
    .selectFrom('attempts')
    .selectAll()
    .where('ended_at', 'is', null)
    .where('runner_id', '=', runnerId)
    .$if(managerId !== null, (query) => query.where('manager_id', '=', managerId))
    .orderBy('id')
    .execute();
  return rows.map(attemptOf);
}

function attemptOf(row: Selectable<Tables['attempts']>): AttemptRecord {
  return {
    id: row.id,
    jobId: row.job_id,
    pipelineId: row.pipeline_id,
    projectId: row.project_id,
    attempt: row.attempt,
    kind: row.kind as 'job' | 'cleanup',
    tokenHash: row.token_hash,
    runnerId: row.runner_id,
    managerId: row.manager_id,
    features: fromJson<RunnerFeatures>(row.features),
    leaseUntil: row.lease_until,
    contactedAt: row.contacted_at,
    createdAt: row.created_at,
    endedAt: row.ended_at,
  };
}
