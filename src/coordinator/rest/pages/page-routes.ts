import { Type } from 'typebox';
import { ANY_JOB, ANY_PIPELINE, listJobs, listPipelines } from '../../../store/index.ts';
import { type Route, route, text } from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { ownJob, ownPipeline } from '../find-own.ts';
import { loadJob } from '../jobs/load-job.ts';
import { showFullPipeline } from '../pipelines/load-pipeline.ts';
import { ID, PROJECT_PARAMS } from '../schemas/common.ts';
import { findProjectView, gatherWaiting } from '../shapes/gather-jobs.ts';
import { stuckOf } from '../shapes/show-job.ts';
import { writeJob, writePipeline, writePipelines } from './write-page.ts';

const LISTED = 20;
const JOBS = 100;

/**
 * What a push prints and `web_url` names, as plain text for a browser or curl until there is a UI: how it stands, and where the API tells more. The server makes
 * one part of the project's path.
 */
export function pageRoutes(parts: Parts): readonly Route[] {
  return [pipelines(parts), pipeline(parts), job(parts)];
}

const common = { method: 'GET', tag: 'pages', hidden: true, answers: { 200: null } } as const;

function pipelines({ store, base }: Parts): Route {
  return route({
    ...common,
    path: '/:id/-/pipelines',
    action: 'pipeline.read',
    summary: 'The newest pipelines of a project',
    params: Type.Object(PROJECT_PARAMS),
    handle: async ({ project }) =>
      await store.read(async (db) => {
        const page = { limit: LISTED, offset: 0, after: null, order: 'desc' } as const;
        const found = await listPipelines(db, { ...ANY_PIPELINE, projectId: project.id }, page);
        const { fullPath } = await findProjectView(db, project.id);
        return text(writePipelines(found, { fullPath, base }));
      }),
  });
}

function pipeline({ store, base }: Parts): Route {
  return route({
    ...common,
    path: '/:id/-/pipelines/:pipeline_id',
    action: 'pipeline.read',
    summary: 'A pipeline and its jobs',
    params: Type.Object({ ...PROJECT_PARAMS, pipeline_id: ID }),
    handle: async ({ project, params }) =>
      await store.read(async (db) => {
        const found = await ownPipeline(db, project.id, params.pipeline_id);
        const page = { limit: JOBS, offset: 0, after: null, order: 'asc' } as const;
        const jobs = await listJobs(db, { ...ANY_JOB, pipelineId: found.id }, page);
        const { fullPath } = await findProjectView(db, project.id);
        const around = await gatherWaiting(db, jobs, project.id);
        const lines = jobs.map((job) => ({ ...job, stuck: stuckOf(job, found, around) }));
        return text(writePipeline(await showFullPipeline(db, found, base), lines, { fullPath, base }));
      }),
  });
}

function job(parts: Parts): Route {
  return route({
    ...common,
    path: '/:id/-/jobs/:job_id',
    action: 'job.read',
    summary: 'A job',
    params: Type.Object({ ...PROJECT_PARAMS, job_id: ID }),
    handle: async ({ project, params }) =>
      await parts.store.read(async (db) => {
        const found = await loadJob(db, await ownJob(db, project.id, params.job_id), parts);
        const { fullPath } = await findProjectView(db, project.id);
        return text(writeJob(found, { fullPath, base: parts.base }));
      }),
  });
}
