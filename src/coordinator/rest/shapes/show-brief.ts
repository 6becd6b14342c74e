import type { Static } from 'typebox';
import type { JobRecord } from '../../../store/index.ts';
import type { BRIEF_JOB } from '../schemas/job.ts';
import { showCleanup, showTeardown } from './show-cleanup.ts';
import { instantOrNull } from './show-common.ts';

/** What a picture of a pipeline needs of a job. */
export function showBrief(job: JobRecord): Static<typeof BRIEF_JOB> {
  const { state } = job;
  return {
    id: job.id,
    name: job.name,
    stage: job.stage,
    kind: job.kind === 'script' ? 'job' : 'bridge',
    status: state.status,
    allow_failure: job.allowFailure,
    retried: job.isRetried,
    started_at: instantOrNull(state.startedAt),
    finished_at: instantOrNull(state.finishedAt),
    phase: state.phase,
    teardown: showTeardown(job),
    cleanup: showCleanup(job),
  };
}
