import { findAttemptByToken } from '../../../store/index.ts';
import { hashToken, type JobPrincipal } from '../../access/index.ts';
import type { Parts } from '../../parts.ts';

/** Null: nobody's, or its attempt has ended. It is good through script and teardown. */
export async function readJobToken({ store }: Pick<Parts, 'store'>, token: string): Promise<JobPrincipal | null> {
  const attempt = await store.read((db) => findAttemptByToken(db, hashToken(token)));
  if (attempt === null || attempt.endedAt !== null) return null;
  return { kind: 'job', jobId: attempt.jobId, projectId: attempt.projectId };
}
