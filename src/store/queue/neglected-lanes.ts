import { RUNNER_COLUMNS, type RunnerRecord, runnerOf } from '../runners/runner-record.ts';
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

/** Runners that may take jobs of a project, are not paused and were heard of at `heardSince` or later. */
export async function listRunnersAtWork(
  db: Db,
  projectId: number,
  heardSince: number,
): Promise<readonly RunnerRecord[]> {
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
  return rows.map(runnerOf);
}
