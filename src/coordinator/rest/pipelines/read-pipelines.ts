import { Type } from 'typebox';
import { readDefaultBranch } from '../../../git/index.ts';
import type { Variable } from '../../../protocol/index.ts';
import {
  ANY_PIPELINE,
  countPipelines,
  findPipelineVariables,
  listPipelines,
  type PipelineRecord,
} from '../../../store/index.ts';
import { notFound, ok, type Route, route } from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { ownPipeline } from '../find-own.ts';
import { listed, storePage } from '../listing.ts';
import { mayWithPipeline } from '../may.ts';
import { ID, PROJECT_PARAMS } from '../schemas/common.ts';
import { BASIC_PIPELINE, PIPELINE, PIPELINE_VARIABLE } from '../schemas/pipeline.ts';
import { findProjectView } from '../shapes/gather-jobs.ts';
import { showBasicPipeline } from '../shapes/show-pipeline.ts';
import { showFullPipeline, showOnePipeline } from './load-pipeline.ts';
import { PIPELINE_QUERY, pipelineFilter } from './pipeline-filter.ts';

/** As GitLab: from here on a list does not say how long it is. */
const MOST_COUNTED = 10_000;

const TAG = 'pipelines';
const PATH = '/api/v4/projects/:id/pipelines';
export const ONE_PIPELINE = Type.Object({ ...PROJECT_PARAMS, pipeline_id: ID });

export function pipelineReads(parts: Parts): readonly Route[] {
  return [list(parts), latest(parts), one(parts), variables(parts)];
}

function list({ store, base }: Parts): Route {
  return route({
    method: 'GET',
    path: PATH,
    action: 'pipeline.read',
    summary: 'Pipelines of a project, the newest first',
    tag: TAG,
    params: Type.Object(PROJECT_PARAMS),
    query: PIPELINE_QUERY,
    answers: { 200: Type.Array(BASIC_PIPELINE) },
    handle: async (call) =>
      await store.read(async (db) => {
        const { query, project } = call;
        const around = { project: await findProjectView(db, project.id), base };
        const show = (pipeline: PipelineRecord) => showBasicPipeline(pipeline, around);
        const filter = await pipelineFilter(db, project.id, query);
        if (filter === null) return listed(call, [], 0, show);
        const isKeyset = query.pagination === 'keyset';
        const by = isKeyset ? 'id' : (query.order_by ?? 'id');
        const found = await listPipelines(db, filter, storePage(query, query.sort ?? 'desc'), by);
        const total = isKeyset ? 0 : await countPipelines(db, filter, MOST_COUNTED);
        return listed(call, found, total >= MOST_COUNTED ? null : total, show);
      }),
  });
}

function latest({ store, base, repositories }: Parts): Route {
  return route({
    method: 'GET',
    path: `${PATH}/latest`,
    action: 'pipeline.read',
    summary: 'Newest pipeline of a ref',
    tag: TAG,
    params: Type.Object(PROJECT_PARAMS),
    query: Type.Object({ ref: Type.Optional(Type.String({ description: 'the default branch when left out' })) }),
    answers: { 200: PIPELINE },
    handle: async ({ query, project }) => {
      const ref = query.ref ?? (await readDefaultBranch(repositories.at(project.id)));
      return await store.read(async (db) => {
        const filter = { ...ANY_PIPELINE, projectId: project.id, ref };
        const [newest] = await listPipelines(db, filter, { limit: 1, offset: 0, after: null, order: 'desc' });
        if (newest === undefined) throw notFound('Pipeline');
        return ok(await showFullPipeline(db, newest, base));
      });
    },
  });
}

function one(parts: Parts): Route {
  return route({
    method: 'GET',
    path: `${PATH}/:pipeline_id`,
    action: 'pipeline.read',
    summary: 'One pipeline',
    tag: TAG,
    params: ONE_PIPELINE,
    answers: { 200: PIPELINE },
    handle: async ({ params, project, principal }) =>
      await parts.store.read(async (db) => {
        const pipeline = await ownPipeline(db, project.id, params.pipeline_id);
        const may = await mayWithPipeline(db, { principal, project }, pipeline);
        return ok({ ...(await showOnePipeline(db, pipeline, parts.base)), may });
      }),
  });
}

function variables({ store }: Parts): Route {
  return route({
    method: 'GET',
    path: `${PATH}/:pipeline_id/variables`,
    action: 'pipeline.variables',
    summary: 'Variables that a pipeline was given',
    tag: TAG,
    params: ONE_PIPELINE,
    answers: { 200: Type.Array(PIPELINE_VARIABLE) },
    handle: async ({ params, project }) => {
      return await store.read(async (db) => {
        const { id } = await ownPipeline(db, project.id, params.pipeline_id);
        const given = ((await findPipelineVariables(db, id)) ?? []) as readonly Variable[];
        return ok(
          given.map(({ key, value, file, raw }) => ({ key, value, variable_type: file ? 'file' : 'env_var', raw })),
        );
      });
    },
  });
}
