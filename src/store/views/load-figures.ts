import { sql } from 'kysely';
import type { Phase } from '../../protocol/index.ts';
import type { Db } from '../store.ts';

/** How much there is to do, and what went wrong with it. Every figure is read from an index that holds little else. */
export interface LoadFigures {
  /** Jobs that wait for a runner. */
  readonly waitingJobs: number;
  /** Cleanups that wait for another runner. */
  readonly waitingCleanups: number;
  /** Since when the oldest of both waits, UTC ms; null: nothing waits. */
  readonly waitingSince: number | null;
  /** Attempts that a runner holds. */
  readonly runningAttempts: number;
  /** Jobs that a runner holds, by phase. */
  readonly phases: Readonly<Record<Phase, number>>;
  readonly outbox: number;
  /** Since when the oldest effect is due that nobody has taken, UTC ms, or not before when; null: there is none. */
  readonly dueSince: number | null;
  /** Of the effect that was tried most often. */
  readonly mostTries: number;
  /** Cleanups by how they stand: `open`, and how they ended where that was not well. */
  readonly obligations: Readonly<Record<string, number>>;
}

interface Row {
  jobs: number;
  cleanups: number;
  since: number | null;
  attempts: number;
  outbox: number;
  due: number | null;
  tries: number | null;
  owed: number;
}

const COUNTS = sql<Row>`select
  (select count(*) from queue, lanes where lanes.id = queue.lane_id and lanes.kind = 'job') as jobs,
  (select count(*) from queue, lanes where lanes.id = queue.lane_id and lanes.kind = 'cleanup') as cleanups,
  (select min(since) from queue) as since,
  (select count(*) from attempts where ended_at is null) as attempts,
  (select count(*) from outbox) as outbox,
  (select min(due_at) from outbox) as due,
  (select max(tries) from outbox) as tries,
  (select count(*) from jobs where is_owed = 1 and cleanup_outcome is null) as owed`;

const NONE: Readonly<Record<Phase, number>> = { preparing: 0, script: 0, teardown: 0 };

const BADLY = sql<{ outcome: string; jobs: number }>`select cleanup_outcome as outcome, count(*) as jobs from jobs
  where cleanup_outcome in ('failed', 'timed_out', 'skipped', 'lost') group by cleanup_outcome`;

const PHASES_NOW = sql<{ phase: Phase; jobs: number }>`select phase, count(*) as jobs from jobs
  where id in (select job_id from attempts where ended_at is null) and phase is not null group by phase`;

export async function readLoadFigures(db: Db): Promise<LoadFigures> {
  const [counts] = (await COUNTS.execute(db.query)).rows;
  const { rows: phases } = await PHASES_NOW.execute(db.query);
  const { rows: badly } = await BADLY.execute(db.query);
  return {
    waitingJobs: Number(counts?.jobs ?? 0),
    waitingCleanups: Number(counts?.cleanups ?? 0),
    waitingSince: counts?.since == null ? null : Number(counts.since),
    runningAttempts: Number(counts?.attempts ?? 0),
    phases: {
      ...NONE,
      ...Object.fromEntries(phases.map(({ phase, jobs }) => [phase, Number(jobs)])),
    },
    outbox: Number(counts?.outbox ?? 0),
    dueSince: counts?.due == null ? null : Number(counts.due),
    mostTries: Number(counts?.tries ?? 0),
    obligations: {
      open: Number(counts?.owed ?? 0),
      ...Object.fromEntries(badly.map(({ outcome, jobs }) => [outcome, Number(jobs)])),
    },
  };
}
