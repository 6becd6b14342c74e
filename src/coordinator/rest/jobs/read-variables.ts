import { Type } from 'typebox';
import { notFound, ok, type Route, route } from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { listVariableSources } from '../../work/index.ts';
import { ownJob } from '../find-own.ts';
import { JOB_VARIABLE } from '../schemas/job-variable.ts';
import { ONE_JOB } from './read-jobs.ts';

/** What a job is given, and by whom. Only developers are told: keys may say what a pipeline was given, and they may read the code that the values are of. */
export function jobVariablesRoute(parts: Parts): Route {
  return route({
    method: 'GET',
    path: '/api/v4/projects/:id/jobs/:job_id/variables',
    action: 'pipeline.variables',
    summary: 'Variables that a job would be handed out with now, and where each is from',
    tag: 'jobs',
    params: ONE_JOB,
    answers: { 200: Type.Array(JOB_VARIABLE) },
    handle: async ({ params, project }) =>
      await parts.store.read(async (db) => {
        const { id } = await ownJob(db, project.id, params.job_id);
        const found = await listVariableSources(parts, db, id);
        if (found === null) throw notFound('Job');
        return ok(found);
      }),
  });
}
