import { type Static, Type } from 'typebox';
import { ANY_JOB, type Db, type JobRecord, listJobs } from '../../store/index.ts';
import { type Call, forbidden, PAGING, type ProjectFinder, type Route, route } from '../http/index.ts';
import type { Parts } from '../parts.ts';
import { listed, storePage } from '../rest/listing.ts';
import { ID, KEYSET, shape } from '../rest/schemas/common.ts';
import { JOB } from '../rest/schemas/job.ts';
import { STATUS } from '../rest/schemas/pipeline.ts';
import { RUNNERS_PROJECT } from '../rest/schemas/runner.ts';
import { distinct, gatherJobs } from '../rest/shapes/gather-jobs.ts';
import { showJob } from '../rest/shapes/show-job.ts';
import { isAdministrator, projectsAllowed, runnerFor } from './runner-access.ts';

const QUERY = Type.Object({
  ...PAGING,
  ...KEYSET,
  status: Type.Optional(STATUS),
  order_by: Type.Optional(Type.Enum(['id'])),
  sort: Type.Optional(Type.Enum(['asc', 'desc'])),
});
const RUNNERS_JOB = shape('RunnersJob', { ...JOB.properties, project: RUNNERS_PROJECT });
type ListCall = Pick<Call, 'principal' | 'base' | 'url'> & { readonly query: Static<typeof QUERY> };

export function runnerJobRoutes(parts: Parts, finder: ProjectFinder): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v4/runners/:id/jobs',
      action: 'instance_runner.read',
      summary: 'Jobs that a runner has or had, the newest first; those of an instance runner are for administrators',
      tag: 'runners',
      params: Type.Object({ id: ID }),
      query: QUERY,
      answers: { 200: Type.Array(RUNNERS_JOB) },
      handle: async (call) => {
        const { principal, params } = call;
        const { runner } = await runnerFor(parts, finder, { principal, id: params.id, action: 'runner.read' });
        if (runner.kind === 'instance' && !isAdministrator(principal)) throw forbidden('No access granted');
        const jobs = await load(parts, call, runner.id);
        // A runner may have worked for a project that the asker has nothing to do with.
        const all = distinct(jobs.map(({ projectId }) => projectId));
        const projects = isAdministrator(principal) ? all : await projectsAllowed(finder, principal, all, 'job.read');
        const shown = await parts.store.read((db) => show(db, jobs, { projects, base: parts.base }));
        const answer = listed(call, jobs, null, ({ id }) => shown.get(id));
        return { ...answer, body: (answer.body as readonly unknown[]).filter((job) => job !== undefined) };
      },
    }),
  ];
}

async function load({ store }: Parts, { query }: ListCall, runnerId: number): Promise<readonly JobRecord[]> {
  const statuses = query.status === undefined ? null : [query.status];
  const filter = { ...ANY_JOB, kind: 'script', withRetried: true, runnerId, statuses } as const;
  return await store.read((db) => listJobs(db, filter, storePage(query, query.sort ?? 'desc')));
}

async function show(
  db: Db,
  jobs: readonly JobRecord[],
  { projects, base }: { readonly projects: readonly number[]; readonly base: string },
): Promise<ReadonlyMap<number, Static<typeof RUNNERS_JOB>>> {
  const shown = new Map<number, Static<typeof RUNNERS_JOB>>();
  for (const id of projects) {
    const ofProject = jobs.filter(({ projectId }) => projectId === id);
    const around = await gatherJobs(db, ofProject, { projectId: id, base });
    const { name, fullPath } = around.project;
    const project = { id, name, path_with_namespace: fullPath };
    for (const job of ofProject) shown.set(job.id, { ...showJob(job, around), project });
  }
  return shown;
}
