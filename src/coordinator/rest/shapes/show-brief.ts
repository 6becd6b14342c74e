import type { Static } from 'typebox';
import type { JobRecord, PipelineRecord } from '../../../store/index.ts';
import type { BRIEF_JOB } from '../schemas/job.ts';
import { showCleanup, showTeardown } from './show-cleanup.ts';
import { failureOf, instantOrNull, scheduledAt, secondsBetween } from './show-common.ts';

/**
 * What a picture of a pipeline needs of a job.
 * @param around `children`: the pipelines that trigger jobs have started, by the id of the job; `now`: by the database's clock
 */
export function showBrief(
  job: JobRecord,
  around: { readonly children: ReadonlyMap<number, Pick<PipelineRecord, 'id'>>; readonly now: number },
): Static<typeof BRIEF_JOB> {
  const { state } = job;
  return {
    id: job.id,
    name: job.name,
    stage: job.stage,
    kind: job.kind === 'script' ? 'job' : 'bridge',
    status: state.status,
    allow_failure: job.allowFailure,
    retried: job.isRetried,
    position: job.position,
    downstream_pipeline_id: around.children.get(job.id)?.id ?? null,
    started_at: instantOrNull(state.startedAt),
    finished_at: instantOrNull(state.finishedAt),
    duration: secondsBetween(state.startedAt, state.finishedAt ?? around.now),
    scheduled_at: scheduledAt(state),
    ...(state.status === 'failed' ? { failure_reason: failureOf(state) } : {}),
    phase: state.phase,
    teardown: showTeardown(job, around.now),
    cleanup: showCleanup(job),
  };
}
