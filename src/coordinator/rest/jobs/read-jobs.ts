import { type Static, Type } from 'typebox';
import { ANY_JOB, type Db, type JobFilter, listChildrenOf, listJobs } from '../../../store/index.ts';
import { type Answer, type Call, ok, PAGING, type Route, route } from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { ownJob, ownPipeline } from '../find-own.ts';
import { listed, storePage } from '../listing.ts';
import { mayWithJob } from '../may.ts';
import { ID, KEYSET, PROJECT_PARAMS } from '../schemas/common.ts';
import { BRIDGE, JOB } from '../schemas/job.ts';
import { STATUS } from '../schemas/pipeline.ts';
import { distinct, gatherJobs } from '../shapes/gather-jobs.ts';
import { showBridge, showJob } from '../shapes/show-job.ts';
import { loadJob } from './load-job.ts';

const TAG = 'jobs';
const PROJECT = '/api/v4/projects/:id';
export const ONE_JOB = Type.Object({ ...PROJECT_PARAMS, job_id: ID });
const ONE_PIPELINE = Type.Object({ ...PROJECT_PARAMS, pipeline_id: ID });

const JOBS_QUERY = Type.Object({
  ...PAGING,
  ...KEYSET,
  scope: Type.Optional(Type.Array(STATUS)),
  include_retried: Type.Optional(Type.Boolean()),
  order_by: Type.Optional(Type.Enum(['id'])),
  sort: Type.Optional(Type.Enum(['asc', 'desc'])),
});
type ListCall = Call<unknown, Static<typeof JOBS_QUERY>>;

export function jobReads(parts: Parts): readonly Route[] {
  return [ofProject(parts), ofPipeline(parts), one(parts), bridges(parts)];
}

function ofProject(parts: Parts): Route {
  return route({
    method: 'GET',
    path: `${PROJECT}/jobs`,
    action: 'job.read',
    summary: 'Jobs of a project, the newest first, retried ones among them',
    tag: TAG,
    params: Type.Object(PROJECT_PARAMS),
    query: JOBS_QUERY,
    answers: { 200: Type.Array(JOB) },
    handle: async (call) =>
      await parts.store.read(async (db) => await list(db, call, { kind: 'script', withRetried: true }, parts)),
  });
}

function ofPipeline(parts: Parts): Route {
  return route({
    method: 'GET',
    path: `${PROJECT}/pipelines/:pipeline_id/jobs`,
    action: 'job.read',
    summary: 'Jobs of a pipeline, trigger jobs left out',
    tag: TAG,
    params: ONE_PIPELINE,
    query: JOBS_QUERY,
    answers: { 200: Type.Array(JOB) },
    handle: async (call) =>
      await parts.store.read(async (db) => {
        const { id: pipelineId } = await ownPipeline(db, call.project.id, call.params.pipeline_id);
        const withRetried = call.query.include_retried ?? false;
        return await list(db, call, { kind: 'script', withRetried, pipelineId }, parts);
      }),
  });
}

function bridges(parts: Parts): Route {
  return route({
    method: 'GET',
    path: `${PROJECT}/pipelines/:pipeline_id/bridges`,
    action: 'job.read',
    summary: 'Trigger jobs of a pipeline, each with the pipeline that it started',
    tag: TAG,
    params: ONE_PIPELINE,
    query: JOBS_QUERY,
    answers: { 200: Type.Array(BRIDGE) },
    handle: async (call) =>
      await parts.store.read(async (db) => {
        const { id: pipelineId } = await ownPipeline(db, call.project.id, call.params.pipeline_id);
        const withRetried = call.query.include_retried ?? false;
        return await list(db, call, { kind: 'trigger', withRetried, pipelineId }, parts);
      }),
  });
}

/** Not counted: GitLab does not say either how many jobs a project has. */
async function list(db: Db, call: ListCall, filter: Partial<JobFilter>, { base }: Parts): Promise<Answer> {
  const { query, project } = call;
  const statuses = query.scope === undefined || query.scope.length === 0 ? null : query.scope;
  const page = storePage(query, query.sort ?? 'desc');
  const jobs = await listJobs(db, { ...ANY_JOB, ...filter, projectId: project.id, statuses }, page);
  const around = await gatherJobs(db, jobs, { projectId: project.id, base });
  if (filter.kind !== 'trigger') return listed(call, jobs, null, (job) => showJob(job, around));
  const children = await listChildrenOf(db, distinct(jobs.map(({ pipelineId }) => pipelineId)));
  return listed(call, jobs, null, (job) => showBridge(job, around, children.get(job.id)));
}

function one(parts: Parts): Route {
  return route({
    method: 'GET',
    path: `${PROJECT}/jobs/:job_id`,
    action: 'job.read',
    summary: 'One job',
    tag: TAG,
    params: ONE_JOB,
    answers: { 200: Type.Union([JOB, BRIDGE]) },
    handle: async ({ params, project, principal }) =>
      await parts.store.read(async (db) => {
        const job = await ownJob(db, project.id, params.job_id);
        const pipeline = await ownPipeline(db, project.id, job.pipelineId);
        const may = await mayWithJob(db, { principal, project }, { job, pipeline });
        return ok({ ...(await loadJob(db, job, parts)), may });
      }),
  });
}
