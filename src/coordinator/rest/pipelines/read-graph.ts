import { judgeAccess } from '../../access/index.ts';
import { ok, type Route, route } from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { findPlanOf } from '../../pipelines/index.ts';
import { ownPipeline } from '../find-own.ts';
import { PIPELINE_GRAPH } from '../schemas/graph.ts';
import { showGraph } from '../shapes/show-graph.ts';
import { ONE_PIPELINE } from './read-pipelines.ts';

/** What a picture of a pipeline needs that is not the state of its jobs. */
export function graphRoute({ store }: Parts): Route {
  return route({
    method: 'GET',
    path: '/api/v4/projects/:id/pipelines/:pipeline_id/graph',
    action: 'pipeline.read',
    summary: 'What a pipeline was planned to be: stages, needs, and why each job is in it or not',
    tag: 'pipelines',
    params: ONE_PIPELINE,
    answers: { 200: PIPELINE_GRAPH },
    handle: async ({ params, project, principal }) => {
      const plan = await store.read(async (db) => {
        const { id } = await ownPipeline(db, project.id, params.pipeline_id);
        return await findPlanOf(store, db, id);
      });
      const readsFiles = judgeAccess(principal, 'repository.read', project, true) === 'allowed';
      return ok(showGraph(plan, readsFiles));
    },
  });
}
