import { Type } from 'typebox';
import {
  ANY_JOB,
  type Db,
  type JobRecord,
  listAttemptsOf,
  listJobs,
  listManagersById,
  listRunnersById,
} from '../../../store/index.ts';
import { ok, type Route, route } from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { ownJob } from '../find-own.ts';
import { JOB_RUN, type JobRun } from '../schemas/job.ts';
import { distinct, findProjectView } from '../shapes/gather-jobs.ts';
import { showCleanup } from '../shapes/show-cleanup.ts';
import { instant, instantOrNull, webUrl } from '../shapes/show-common.ts';
import { ONE_JOB } from './read-jobs.ts';

/** The newest; more runs, or hand-outs of them, nobody reads. */
const MOST_RUNS = 100;
const MOST_ATTEMPTS = 1_000;

/** Everything that has run under the name of a job: the job, what was retried before it or after, and which runners had each. */
export function attemptsRoute({ store, base }: Parts): Route {
  return route({
    method: 'GET',
    path: '/api/v4/projects/:id/jobs/:job_id/attempts',
    action: 'job.read',
    summary: 'A job and its retries, the newest first, each with its hand-outs to runners',
    tag: 'jobs',
    params: ONE_JOB,
    answers: { 200: Type.Array(JOB_RUN) },
    handle: async ({ params, project }) =>
      await store.read(async (db) => {
        const { pipelineId, name } = await ownJob(db, project.id, params.job_id);
        const page = { limit: MOST_RUNS, offset: 0, after: null, order: 'desc' } as const;
        const jobs = await listJobs(db, { ...ANY_JOB, pipelineId, name, withRetried: true }, page);
        const attempts = await gatherAttempts(db, jobs);
        const { fullPath } = await findProjectView(db, project.id);
        return ok(
          jobs.map((job) => showRun(job, attempts.get(job.id) ?? [], webUrl(base, fullPath, `jobs/${job.id}`))),
        );
      }),
  });
}

type Attempts = JobRun['attempts'];

/** By job. */
async function gatherAttempts(db: Db, jobs: readonly JobRecord[]): Promise<ReadonlyMap<number, Attempts>> {
  const found = await listAttemptsOf(
    db,
    jobs.map(({ id }) => id),
    MOST_ATTEMPTS,
  );
  const runners = await listRunnersById(db, distinct(found.map(({ runnerId }) => runnerId)));
  const managers = await listManagersById(db, distinct(found.map(({ managerId }) => managerId)));
  const byJob = new Map<number, Attempts>();
  for (const { jobId, attempt, kind, runnerId, managerId, createdAt, contactedAt, endedAt } of found) {
    const shown = {
      attempt,
      kind,
      runner: { id: runnerId, description: runners.get(runnerId)?.description ?? null },
      system_id: managers.get(managerId ?? 0)?.systemId ?? null,
      began_at: instant(createdAt),
      heard_at: instantOrNull(contactedAt),
      ended_at: instantOrNull(endedAt),
    };
    byJob.set(jobId, [...(byJob.get(jobId) ?? []), shown]);
  }
  return byJob;
}

function showRun(job: JobRecord, attempts: Attempts, address: string): JobRun {
  const { id, state, isRetried, createdAt } = job;
  return {
    id,
    status: state.status,
    retried: isRetried,
    web_url: address,
    created_at: instant(createdAt),
    started_at: instantOrNull(state.startedAt),
    finished_at: instantOrNull(state.finishedAt),
    cleanup: showCleanup(job),
    attempts,
  };
}
