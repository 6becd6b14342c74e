import { RUNNER_COLUMNS, type RunnerRecord, runnerOf } from '../runners/runner-record.ts';
import { fromJson } from '../schema/json.ts';
import type { Db } from '../store.ts';
import type { Waiting } from './queue.ts';

/** Lanes in which a job has waited since before `before`. */
export async function listLanesWaitingSince(db: Db, before: number): Promise<readonly number[]> {
  const rows = await db.query.selectFrom('queue').select('lane_id').distinct().where('since', '<', before).execute();
  return rows.map((row) => row.lane_id);
}

/** What has waited in a lane since before `before` and nobody has reserved now, longest first. */
export async function listWaitingInLane(
  db: Db,
  laneId: number,
  { before, limit }: { readonly before: number; readonly limit: number },
): Promise<readonly Pick<Waiting, 'jobId' | 'pipelineId'>[]> {
  const rows = await db.query
    .selectFrom('queue')
    .select(['job_id', 'pipeline_id'])
    .where('lane_id', '=', laneId)
    .where('since', '<', before)
    .where('reserved_until', '<=', db.now())
    .orderBy('since')
    .orderBy('job_id')
    .limit(limit)
    .execute();
  return rows.map((row) => ({ jobId: row.job_id, pipelineId: row.pipeline_id }));
}

/** What one machine of a runner can do now, by its last word. */
export interface MachineAtWork {
  readonly cancelsGracefully: boolean;
  /** It takes no jobs. */
  readonly isQuarantined: boolean;
}

export interface RunnerAtWork extends RunnerRecord {
  readonly machines: readonly MachineAtWork[];
}

/** Runners that may take jobs of a project, are not paused and were heard of at `heardSince` or later. */
export async function listRunnersAtWork(
  db: Db,
  projectId: number,
  heardSince: number,
): Promise<readonly RunnerAtWork[]> {
  const given = db.query.selectFrom('runner_projects').select('runner_id').where('project_id', '=', projectId);
  const sharing = db.query
    .selectFrom('projects')
    .select('id')
    .where('id', '=', projectId)
    .where('shared_runners', '=', 1);
  const rows = await db.query
    .selectFrom('runners')
    .select(RUNNER_COLUMNS)
    .where('is_paused', '=', 0)
    .where('contacted_at', '>=', heardSince)
    .where(({ and, eb, exists, or }) =>
      or([eb('id', 'in', given), and([eb('kind', '=', 'instance'), exists(sharing)])]),
    )
    .execute();
  const machines = await listMachines(
    db,
    rows.map(({ id }) => id),
    heardSince,
  );
  return rows.map((row) => ({ ...runnerOf(row), machines: machines.get(row.id) ?? [] }));
}

async function listMachines(
  db: Db,
  runnerIds: readonly number[],
  heardSince: number,
): Promise<ReadonlyMap<number, readonly MachineAtWork[]>> {
  if (runnerIds.length === 0) return new Map();
  const rows = await db.query
    .selectFrom('runner_managers')
    .select(['runner_id', 'features', 'quarantine'])
    .where('runner_id', 'in', runnerIds)
    .where('contacted_at', '>=', heardSince)
    .execute();
  const machines = rows.map(({ runner_id, features, quarantine }) => ({
    runnerId: runner_id,
    cancelsGracefully: fromJson<readonly string[]>(features).includes('cancel_gracefully'),
    // Released or not: it takes jobs again once it says so.
    isQuarantined: quarantine !== null,
  }));
  return Map.groupBy(machines, ({ runnerId }) => runnerId);
}

/** Of jobs that wait those that want a runner which cancels gracefully. */
export async function listWaitingForGraceful(db: Db, jobIds: readonly number[]): Promise<ReadonlySet<number>> {
  if (jobIds.length === 0) return new Set();
  const rows = await db.query
    .selectFrom('queue')
    .innerJoin('lanes', 'lanes.id', 'queue.lane_id')
    .select('job_id')
    .where('is_graceful', '=', 1)
    .where('job_id', 'in', jobIds)
    .execute();
  return new Set(rows.map(({ job_id }) => job_id));
}
