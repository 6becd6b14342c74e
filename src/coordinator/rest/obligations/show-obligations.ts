import type { CleanupOutcome } from '../../../protocol/index.ts';
import {
  type Db,
  type JobRecord,
  listPipelinesById,
  listProjectViews,
  listRunnersById,
  listSettlements,
  OBLIGATION_KINDS,
  type ObligationKind,
  type SettlementRecord,
} from '../../../store/index.ts';
import type { Obligation } from '../schemas/obligation.ts';
import { distinct } from '../shapes/gather-jobs.ts';
import { showCleanup, showTeardown } from '../shapes/show-cleanup.ts';
import { instant, instantOrNull, webUrl } from '../shapes/show-common.ts';

/** Jobs of any projects as what they owe. */
export async function showObligations(
  db: Db,
  jobs: readonly JobRecord[],
  base: string,
): Promise<readonly Obligation[]> {
  const projects = await listProjectViews(db, distinct(jobs.map(({ projectId }) => projectId)));
  const pipelines = await listPipelinesById(db, distinct(jobs.map(({ pipelineId }) => pipelineId)));
  const runners = await listRunnersById(db, distinct(jobs.map(({ runnerId }) => runnerId)));
  const settlements = await listSettlements(
    db,
    jobs.map(({ id }) => id),
  );
  return jobs.map((job) => {
    const path = projects.get(job.projectId)?.fullPath ?? '';
    const runner = runners.get(job.runnerId ?? 0);
    return {
      job_id: job.id,
      job_name: job.name,
      stage: job.stage,
      project_id: job.projectId,
      project_path: path,
      pipeline_id: job.pipelineId,
      ref: pipelines.get(job.pipelineId)?.ref ?? '',
      status: job.state.status,
      phase: job.state.phase,
      state: obligationOf(job) ?? 'open',
      runner: runner === undefined ? null : { id: runner.id, description: runner.description },
      started_at: instantOrNull(job.state.startedAt),
      finished_at: instantOrNull(job.state.finishedAt),
      teardown: showTeardown(job, db.now()),
      cleanup: showCleanup(job),
      settled: showSettlement(settlements.get(job.id)),
      web_url: webUrl(base, path, `jobs/${job.id}`),
    };
  });
}

/** Null: nothing is owed, or it was met. */
export function obligationOf({ state }: Pick<JobRecord, 'state'>): ObligationKind | null {
  if (state.cleanup === null) return state.owed ? 'open' : null;
  const outcome: CleanupOutcome = state.cleanup.outcome;
  return OBLIGATION_KINDS.find((kind) => kind === outcome) ?? null;
}

function showSettlement(settlement: SettlementRecord | undefined): Obligation['settled'] {
  if (settlement === undefined) return null;
  const { userName, settledAt, reason } = settlement;
  return { by: userName, at: instant(settledAt), reason };
}
