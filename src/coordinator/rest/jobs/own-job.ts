import { Type } from 'typebox';
import { findAttemptByToken, findJob } from '../../../store/index.ts';
import { credentialOf, notFound, ok, type Route, route, unauthorized } from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { hashToken } from '../../work/index.ts';
import { BRIDGE, JOB } from '../schemas/job.ts';
import { loadJob } from './load-job.ts';

/** For a job that asks who it is. */
export function ownJobRoute(parts: Parts): Route {
  return route({
    method: 'GET',
    path: '/api/v4/job',
    action: 'job.self',
    summary: 'The job whose token asks',
    tag: 'jobs',
    answers: { 200: Type.Union([JOB, BRIDGE]) },
    handle: async (call) => {
      const presented = credentialOf(call);
      if (presented.kind === 'none' || presented.kind === 'session') throw unauthorized();
      return await parts.store.read(async (db) => {
        const attempt = await findAttemptByToken(db, hashToken(presented.token));
        if (attempt === null) throw call.refuse(notFound('Job'));
        const job = attempt.endedAt === null ? await findJob(db, attempt.jobId) : null;
        if (job === null) throw notFound('Job');
        return ok(await loadJob(db, job, parts));
      });
    },
  });
}
