import { type SelectQueryBuilder, sql } from 'kysely';
import type { Page } from '../schema/page.ts';
import type { Tables } from '../schema/tables.ts';
import type { Db, Tx } from '../store.ts';
import type { JobRecord } from './job-record.ts';
import { pageOfJobs } from './list-jobs.ts';

/** `open`: cleanup is owed and not recorded yet; the others are how it ended. */
export const OBLIGATION_KINDS = ['open', 'failed', 'timed_out', 'skipped', 'lost'] as const;
export type ObligationKind = (typeof OBLIGATION_KINDS)[number];

export interface ObligationFilter {
  readonly kind: ObligationKind;
  /** Null: any. */
  readonly projectId: number | null;
  /** Those that somebody has settled are left out unless they are asked for. */
  readonly withSettled: boolean;
}

/** Jobs whose cleanup is open or did not end well, by id; an index holds these alone. */
export async function listObligations(db: Db, filter: ObligationFilter, page: Page): Promise<readonly JobRecord[]> {
  return await pageOfJobs(matching(db, filter), page);
}

const IS_OWED = sql<boolean>`is_owed = 1`;
const IS_BADLY_CLEANED = sql<boolean>`cleanup_outcome in ('failed', 'timed_out', 'skipped', 'lost')`;

function matching(
  db: Db,
  { kind, projectId, withSettled }: ObligationFilter,
): SelectQueryBuilder<Tables, 'jobs', object> {
  return (
    db.query
      .selectFrom('jobs')
      // Said as the indexes have it, and not with parameters: SQLite takes a partial index only when its condition stands in the text.
      .$if(kind === 'open', (jobs) => jobs.where(IS_OWED).where('cleanup_outcome', 'is', null))
      .$if(kind !== 'open', (jobs) => jobs.where('cleanup_outcome', '=', kind).where(IS_BADLY_CLEANED))
      .$if(projectId !== null, (jobs) => jobs.where('project_id', '=', projectId ?? 0))
      .$if(!withSettled, (jobs) =>
        jobs.where(({ not, exists, selectFrom }) =>
          not(exists(selectFrom('settlements').select('job_id').whereRef('settlements.job_id', '=', 'jobs.id'))),
        ),
      )
  );
}

/** How many there are of each kind that nobody has settled, and of the cleanups that ended since then how many were met. */
export interface ObligationSums {
  readonly kinds: Readonly<Record<ObligationKind, number>>;
  readonly ended: number;
  readonly met: number;
}

/** @param projectId null: of all. @param since UTC ms. */
export async function sumObligations(db: Db, projectId: number | null, since: number): Promise<ObligationSums> {
  const kinds = { open: 0, failed: 0, timed_out: 0, skipped: 0, lost: 0 };
  for (const kind of OBLIGATION_KINDS) {
    const found = matching(db, { kind, projectId, withSettled: false });
    const row = await db.query
      .selectFrom(found.select('id').limit(MOST_COUNTED).as('found'))
      .select(({ fn }) => fn.countAll<number>().as('total'))
      .executeTakeFirst();
    kinds[kind] = Number(row?.total ?? 0);
  }
  const rows = await db.query
    .selectFrom('jobs')
    .select(['cleanup_outcome', ({ fn }) => fn.countAll<number>().as('total')])
    .where(IS_OWED)
    .where('cleanup_outcome', 'is not', null)
    .where('finished_at', '>=', since)
    .$if(projectId !== null, (jobs) => jobs.where('project_id', '=', projectId ?? 0))
    .groupBy('cleanup_outcome')
    .execute();
  const ended = rows.reduce((sum, { total }) => sum + Number(total), 0);
  return { kinds, ended, met: Number(rows.find((row) => row.cleanup_outcome === 'succeeded')?.total ?? 0) };
}

/** Exceptions are few; who has more has enough to do. */
const MOST_COUNTED = 10_000;

/** That somebody has seen to what a cleanup left undone. */
export interface Settlement {
  readonly jobId: number;
  readonly userId: number | null;
  readonly userName: string;
  readonly reason: string;
}

export interface SettlementRecord extends Settlement {
  /** UTC ms. */
  readonly settledAt: number;
}

/** The first one stands. @returns whether this is it */
export async function settleObligation(tx: Tx, { jobId, userId, userName, reason }: Settlement): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx.query
    .insertInto('settlements')
    .values({ job_id: jobId, user_id: userId, user_name: userName, reason, settled_at: tx.now() })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** By job. */
export async function listSettlements(
  db: Db,
  jobIds: readonly number[],
): Promise<ReadonlyMap<number, SettlementRecord>> {
  if (jobIds.length === 0) return new Map();
  const rows = await db.query.selectFrom('settlements').selectAll().where('job_id', 'in', jobIds).execute();
  return new Map(
    rows.map(({ job_id, user_id, user_name, reason, settled_at }) => [
      job_id,
      { jobId: job_id, userId: user_id, userName: user_name, reason, settledAt: settled_at },
    ]),
  );
}
