import { type Static, Type } from 'typebox';
import { type Db, type JobRecord, listObligations, OBLIGATION_KINDS, settleObligation } from '../../../store/index.ts';
import {
  type Answer,
  type Call,
  conflict,
  created,
  keysetPaged,
  notFound,
  ok,
  type Route,
  route,
} from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { ownJob } from '../find-own.ts';
import { noteAudit } from '../note-audit.ts';
import { personOf } from '../person.ts';
import { ID, PROJECT_PARAMS } from '../schemas/common.ts';
import { OBLIGATION, OBLIGATION_STATE, OBLIGATION_SUMS } from '../schemas/obligation.ts';
import { obligationOf, showObligations } from './show-obligations.ts';
import { loadSums } from './sum-up.ts';

const TAG = 'obligations';
const MOST = 100;

const QUERY = Type.Object({
  state: Type.Optional(Type.Array(OBLIGATION_STATE, { description: 'all when left out' })),
  settled: Type.Optional(Type.Boolean({ description: 'those that somebody has settled, too' })),
  per_page: Type.Optional(Type.Integer({ minimum: 1, default: 20, description: 'at most 100' })),
  cursor: Type.Optional(ID),
});
type ListCall = Pick<Call<unknown, Static<typeof QUERY>>, 'query' | 'base' | 'url'>;

export function obligationRoutes(parts: Parts): readonly Route[] {
  return [ofProject(parts), ofInstance(parts), sumsOfProject(parts), sumsOfInstance(parts), settle(parts)];
}

function ofProject({ store }: Parts): Route {
  return route({
    method: 'GET',
    path: '/api/v4/projects/:id/obligations',
    action: 'obligation.read',
    summary: "Cleanups of a project's jobs that are owed, or that did not end well, the newest first",
    tag: TAG,
    params: Type.Object(PROJECT_PARAMS),
    query: QUERY,
    answers: { 200: Type.Array(OBLIGATION) },
    handle: async (call) => await store.read((db) => list(db, call, call.project.id)),
  });
}

function ofInstance({ store }: Parts): Route {
  return route({
    method: 'GET',
    path: '/api/v4/obligations',
    action: 'obligation.read_all',
    summary: 'Cleanups of all jobs that are owed, or that did not end well, the newest first',
    tag: TAG,
    query: QUERY,
    answers: { 200: Type.Array(OBLIGATION) },
    handle: async (call) => await store.read((db) => list(db, call, null)),
  });
}

function sumsOfProject({ store }: Parts): Route {
  return route({
    method: 'GET',
    path: '/api/v4/projects/:id/obligations/sums',
    action: 'obligation.read',
    summary: "How many cleanups of a project's jobs are owed, did not end well, and were met",
    tag: TAG,
    params: Type.Object(PROJECT_PARAMS),
    answers: { 200: OBLIGATION_SUMS },
    handle: async ({ project }) => ok(await store.read((db) => loadSums(db, project.id))),
  });
}

function sumsOfInstance({ store }: Parts): Route {
  return route({
    method: 'GET',
    path: '/api/v4/obligations/sums',
    action: 'obligation.read_all',
    summary: 'How many cleanups of all jobs are owed, did not end well, and were met',
    tag: TAG,
    answers: { 200: OBLIGATION_SUMS },
    handle: async () => ok(await store.read((db) => loadSums(db, null))),
  });
}

async function list(db: Db, { query, base, url }: ListCall, projectId: number | null): Promise<Answer> {
  const perPage = Math.min(query.per_page ?? 20, MOST);
  const found: JobRecord[] = [];
  // A statement a kind: each has its index, all of them together have none.
  for (const kind of query.state ?? OBLIGATION_KINDS) {
    const filter = { kind, projectId, withSettled: query.settled ?? false };
    const page = { limit: perPage + 1, offset: 0, after: query.cursor ?? null, order: 'desc' } as const;
    found.push(...(await listObligations(db, filter, page)));
  }
  found.sort((one, other) => other.id - one.id);
  const here = found.slice(0, perPage);
  const last = found.length > perPage ? here.at(-1) : undefined;
  return keysetPaged(await showObligations(db, here, base), last === undefined ? null : { cursor: last.id }, base, url);
}

function settle({ store, base }: Parts): Route {
  return route({
    method: 'POST',
    path: '/api/v4/projects/:id/obligations/:job_id/settle',
    action: 'obligation.settle',
    summary: 'Note that somebody has seen to what a cleanup left undone',
    tag: TAG,
    params: Type.Object({ ...PROJECT_PARAMS, job_id: ID }),
    body: Type.Object({ reason: Type.String({ minLength: 1, maxLength: 1_000 }) }),
    answers: { 201: OBLIGATION },
    handle: async (call) => {
      const { project, params, body } = call;
      const { id: userId, name: userName } = personOf(call.principal);
      return await store.write(async (tx) => {
        const job = await ownJob(tx, project.id, params.job_id);
        const state = obligationOf(job);
        if (state === null) throw notFound('Obligation');
        // It may still be met. Who cannot wait cancels the job by force, which is on record as well.
        if (state === 'open') throw conflict('Cleanup is still open');
        tx.publish({ kind: 'project', id: project.id, value: job.pipelineId });
        await settleObligation(tx, { jobId: job.id, userId, userName, reason: body.reason });
        const deed = { action: 'obligation.settle', targetKind: 'job', targetId: job.id } as const;
        await noteAudit(tx, call, { ...deed, details: { reason: body.reason, state } });
        const [shown] = await showObligations(tx, [job], base);
        return created(shown);
      });
    },
  });
}
