import { Type } from 'typebox';
import {
  countRunners,
  type Db,
  listManagers,
  listQuarantines,
  listRunners,
  type RunnerFilter,
  type RunnerRecord,
  standingQuarantine,
} from '../../store/index.ts';
import { type Answer, type Call, forbidden, ok, PAGING, type ProjectFinder, type Route, route } from '../http/index.ts';
import type { Parts } from '../parts.ts';
import { listed, storePage } from '../rest/listing.ts';
import { ID } from '../rest/schemas/common.ts';
import { LISTED_MANAGER, LISTED_RUNNER, type ListedRunner, RUNNER_DETAILS } from '../rest/schemas/runner.ts';
import { showManager, showRunner } from '../rest/shapes/show-runner.ts';
import { isAdministrator, runnerFor } from './runner-access.ts';
import { showRunnerDetails } from './show-runner-details.ts';

const TAG = 'runners';
const MOST_MANAGERS = 100;
const TYPE = Type.Union([Type.Literal('instance_type'), Type.Literal('project_type'), Type.Literal('group_type')]);
const LIST = Type.Object({
  ...PAGING,
  type: Type.Optional(TYPE),
  paused: Type.Optional(Type.Boolean()),
  quarantined: Type.Optional(Type.Boolean()),
});
const ONE = Type.Object({ id: ID });
type ListCall = Pick<Call, 'base' | 'url'> & {
  readonly query: {
    readonly type?: string;
    readonly paused?: boolean;
    readonly quarantined?: boolean;
    readonly page?: number;
    readonly per_page?: number;
  };
};

export function readRoutes(parts: Parts, finder: ProjectFinder): readonly Route[] {
  return [own(parts), all(parts), ofProject(parts), one(parts, finder), managers(parts, finder)];
}

/** Administrators own those of the instance too. */
function own(parts: Parts): Route {
  return route({
    method: 'GET',
    path: '/api/v4/runners',
    action: 'instance_runner.read',
    summary: 'Runners that the asker has made',
    tag: TAG,
    query: LIST,
    answers: { 200: Type.Array(LISTED_RUNNER) },
    handle: async (call) => {
      const { principal } = call;
      const createdBy = principal.kind === 'user' && !isAdministrator(principal) ? principal.user.id : null;
      return await list(parts, call, { projectId: null, createdBy });
    },
  });
}

function all(parts: Parts): Route {
  return route({
    method: 'GET',
    path: '/api/v4/runners/all',
    action: 'instance_runner.read',
    summary: 'All runners, for administrators',
    tag: TAG,
    query: LIST,
    answers: { 200: Type.Array(LISTED_RUNNER) },
    handle: async (call) => {
      if (!isAdministrator(call.principal)) throw forbidden();
      return await list(parts, call, { projectId: null, createdBy: null });
    },
  });
}

function ofProject(parts: Parts): Route {
  return route({
    method: 'GET',
    path: '/api/v4/projects/:id/runners',
    action: 'runner.read',
    summary: 'Runners that a project may use',
    tag: TAG,
    params: Type.Object({ id: Type.String() }),
    query: LIST,
    answers: { 200: Type.Array(LISTED_RUNNER) },
    handle: async (call) => await list(parts, call, { projectId: call.project.id, createdBy: null }),
  });
}

async function list(
  { store }: Parts,
  call: ListCall,
  scope: Pick<RunnerFilter, 'projectId' | 'createdBy'>,
): Promise<Answer> {
  const { type, paused = null, quarantined = null } = call.query;
  // There are no groups' runners.
  const kind = type === 'instance_type' ? 'instance' : type === undefined ? null : 'project';
  const filter = { ...scope, kind, isPaused: paused, isQuarantined: quarantined } as const;
  return await store.read(async (db) => {
    const records = type === 'group_type' ? [] : await listRunners(db, filter, storePage(call.query, 'desc'));
    const total = type === 'group_type' ? 0 : await countRunners(db, filter);
    const shown = new Map<number, ListedRunner>();
    const standing = await listQuarantines(
      db,
      records.map(({ id }) => id),
    );
    for (const record of records) {
      shown.set(record.id, { ...(await show(db, record)), quarantined: standing.get(record.id) ?? null });
    }
    return listed(call, records, total, ({ id }) => shown.get(id));
  });
}

async function show(db: Db, record: RunnerRecord): Promise<ReturnType<typeof showRunner>> {
  const [manager] = await listManagers(db, record.id, 1);
  return showRunner(record, manager, db.now());
}

function one(parts: Parts, finder: ProjectFinder): Route {
  return route({
    method: 'GET',
    path: '/api/v4/runners/:id',
    action: 'instance_runner.read',
    summary: 'One runner',
    tag: TAG,
    params: ONE,
    answers: { 200: RUNNER_DETAILS },
    handle: async ({ params: { id }, principal }) =>
      ok(await showRunnerDetails(parts, await runnerFor(parts, finder, { principal, id, action: 'runner.read' }))),
  });
}

function managers(parts: Parts, finder: ProjectFinder): Route {
  return route({
    method: 'GET',
    path: '/api/v4/runners/:id/managers',
    action: 'instance_runner.read',
    summary: 'The machines that work under the token of a runner',
    tag: TAG,
    params: ONE,
    answers: { 200: Type.Array(LISTED_MANAGER) },
    handle: async ({ params: { id }, principal }) => {
      await runnerFor(parts, finder, { principal, id, action: 'runner.read' });
      return await parts.store.read(async (db) => {
        const records = await listManagers(db, id, MOST_MANAGERS);
        return ok(
          records.map((record) => ({ ...showManager(record, db.now()), quarantined: standingQuarantine(record) })),
        );
      });
    },
  });
}
