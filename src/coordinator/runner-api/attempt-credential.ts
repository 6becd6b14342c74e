import { type AttemptRecord, findAttempt, findAttemptByToken, findJob, type JobRecord } from '../../store/index.ts';
import { type Call, forbidden, HttpError } from '../http/index.ts';
import type { Parts } from '../parts.ts';
import { hashToken } from '../work/index.ts';
import { endedHeaders } from './job-headers.ts';

export interface AttemptAsking {
  readonly attempt: AttemptRecord;
  readonly job: JobRecord;
}

type Asking = Pick<Call, 'headers' | 'refuse'>;

/**
 * The attempt that a request of a runner is about. Its token is good until the attempt is over, teardown included.
 * @throws HttpError 403: unknown, of another job, or over, which then says with `Job-Status` how the job stands. Never 404, as in GitLab. 429: unknown, as
 * too many before.
 */
export async function attemptAsking(parts: Parts, jobId: number, call: Asking, given?: string): Promise<AttemptAsking> {
  const found = await attemptOnceAsking(parts, jobId, call, given);
  if (found.attempt.endedAt !== null) throw attemptIsOver(found);
  return found;
}

/** The same, also when it is over. @throws HttpError 403, 429 */
export async function attemptOnceAsking(
  { store }: Parts,
  jobId: number,
  { headers, refuse }: Asking,
  given?: string,
): Promise<AttemptAsking> {
  const token = shownJobToken(headers, given);
  const { attempt, job } = await store.read(async (db) => {
    const found = await findAttemptByToken(db, hashToken(token));
    return { attempt: found, job: found?.jobId === jobId ? await findJob(db, jobId) : null };
  });
  if (attempt === null) throw refuse(forbidden());
  if (job === null) throw forbidden();
  return { attempt, job };
}

/** @param given in the address or the body. @throws HttpError 403: there is none */
export function shownJobToken(headers: Call['headers'], given: string | undefined): string {
  const header = headers['job-token'];
  const token = given ?? (typeof header === 'string' ? header : '');
  if (token === '') throw forbidden();
  return token;
}

/** What GitLab's runner takes for: drop it, at once. One of ours still runs the cleanup that it owes, unless `Epilogue-Stop` says `force=1`. */
export function attemptIsOver({ attempt, job }: AttemptAsking): HttpError {
  return new HttpError(403, { message: '403 Forbidden' }, endedHeaders(attempt, job));
}

/** The same for one that has ended since it was read. */
export async function attemptHasEnded({ store }: Pick<Parts, 'store'>, asking: AttemptAsking): Promise<HttpError> {
  const { id: jobId } = asking.job;
  const now = await store.read(async (db) => ({
    attempt: await findAttempt(db, jobId, asking.attempt.attempt),
    job: await findJob(db, jobId),
  }));
  return attemptIsOver({ attempt: now.attempt ?? asking.attempt, job: now.job ?? asking.job });
}
