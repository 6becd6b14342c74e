import { type AttemptRecord, findAttemptByToken, findJob, type JobRecord } from '../../store/index.ts';
import { type Call, HttpError } from '../http/index.ts';
import type { Parts } from '../parts.ts';
import { hashToken } from '../work/index.ts';
import { jobHeaders } from './job-headers.ts';

export interface AttemptAsking {
  readonly attempt: AttemptRecord;
  readonly job: JobRecord;
}

/**
 * The attempt that a request of a runner is about. Its token is good until the attempt is over, teardown included.
 * @throws HttpError 403: unknown, of another job, or over, which then says with `Job-Status` how the job stands. Never 404, as in GitLab.
 */
export async function attemptAsking(
  { store }: Parts,
  jobId: number,
  { headers }: Pick<Call, 'headers'>,
  given?: string,
): Promise<AttemptAsking> {
  const header = headers['job-token'];
  const token = given ?? (typeof header === 'string' ? header : '');
  const found = await store.read(async (db) => {
    const attempt = token === '' ? null : await findAttemptByToken(db, hashToken(token));
    return attempt?.jobId === jobId ? { attempt, job: await findJob(db, jobId) } : null;
  });
  if (found === null || found.job === null) throw new HttpError(403, { message: '403 Forbidden' });
  const { attempt, job } = found;
  if (attempt.endedAt !== null) throw attemptIsOver(job.state);
  return { attempt, job };
}

/** What a runner takes for: drop it, at once. Only ever said when this attempt has nothing to clean up any more. */
export function attemptIsOver(job: JobRecord['state']): HttpError {
  return new HttpError(403, { message: '403 Forbidden' }, jobHeaders(job));
}
