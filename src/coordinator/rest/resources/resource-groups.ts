import { Type } from 'typebox';
import {
  type Db,
  findResourceGroup,
  findResourceHolder,
  type JobRecord,
  listJobsById,
  listResourceGroups,
  listUpcomingForResource,
  listWaitingForResource,
  putEffect,
  type ResourceGroup,
  setResourceMode,
} from '../../../store/index.ts';
import { notFound, ok, PAGING, paged, pageOf, type Route, route } from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { noteAudit } from '../note-audit.ts';
import { PROJECT_PARAMS } from '../schemas/common.ts';
import { JOB } from '../schemas/job.ts';
import { PROCESS_MODE, RESOURCE_GROUP, type ShownGroup } from '../schemas/resource-group.ts';
import { gatherJobs } from '../shapes/gather-jobs.ts';
import { instant } from '../shapes/show-common.ts';
import { showJob } from '../shapes/show-job.ts';

const TAG = 'resource groups';
const PATH = '/api/v4/projects/:id/resource_groups';
const ONE = Type.Object({ ...PROJECT_PARAMS, key: Type.String({ maxLength: 255 }) });

export function resourceRoutes(parts: Parts): readonly Route[] {
  return [list(parts), one(parts), upcoming(parts), current(parts), change(parts)];
}

function list({ store }: Parts): Route {
  return route({
    method: 'GET',
    path: PATH,
    action: 'resource_group.read',
    summary: 'Resource groups of a project',
    tag: TAG,
    params: Type.Object(PROJECT_PARAMS),
    query: Type.Object(PAGING),
    answers: { 200: Type.Array(RESOURCE_GROUP) },
    handle: async ({ project, query, base, url }) => {
      const groups = await store.read((db) => listResourceGroups(db, project.id));
      const page = pageOf(query);
      const items = groups.slice(page.offset, page.offset + page.perPage).map(show);
      return paged({ items, total: groups.length }, page, base, url);
    },
  });
}

function one({ store }: Parts): Route {
  return route({
    method: 'GET',
    path: `${PATH}/:key`,
    action: 'resource_group.read',
    summary: 'One resource group',
    tag: TAG,
    params: ONE,
    answers: { 200: RESOURCE_GROUP },
    handle: async ({ project, params }) => ok(show(await store.read((db) => ownGroup(db, project.id, params.key)))),
  });
}

function upcoming({ store, base }: Parts): Route {
  return route({
    method: 'GET',
    path: `${PATH}/:key/upcoming_jobs`,
    action: 'resource_group.read',
    summary: 'Jobs that wait for a resource group, then those that will',
    tag: TAG,
    params: ONE,
    query: Type.Object(PAGING),
    answers: { 200: Type.Array(JOB) },
    handle: async ({ project, params, query, base: address, url }) =>
      await store.read(async (db) => {
        const { key } = await ownGroup(db, project.id, params.key);
        const waiting = await listWaitingForResource(db, project.id, key);
        const all = [...waiting, ...(await listUpcomingForResource(db, project.id, key))];
        const page = pageOf(query);
        const here = all.slice(page.offset, page.offset + page.perPage).map(({ job }) => job);
        const jobs = await listJobsById(db, here);
        const found = here.map((id) => jobs.get(id)).filter((job): job is JobRecord => job !== undefined);
        const around = await gatherJobs(db, found, { projectId: project.id, base });
        return paged({ items: found.map((job) => showJob(job, around)), total: all.length }, page, address, url);
      }),
  });
}

function current({ store, base }: Parts): Route {
  return route({
    method: 'GET',
    path: `${PATH}/:key/current_job`,
    action: 'resource_group.read',
    summary: 'The job that holds a resource group',
    tag: TAG,
    params: ONE,
    answers: { 200: JOB },
    handle: async ({ project, params }) =>
      await store.read(async (db) => {
        const holder = await findResourceHolder(db, (await ownGroup(db, project.id, params.key)).id);
        const job = holder === null ? undefined : (await listJobsById(db, [holder.job])).get(holder.job);
        if (job === undefined) throw notFound('Job');
        return ok(showJob(job, await gatherJobs(db, [job], { projectId: project.id, base })));
      }),
  });
}

function change({ store }: Parts): Route {
  return route({
    method: 'PUT',
    path: `${PATH}/:key`,
    action: 'resource_group.manage',
    summary: 'Change in which order jobs get a resource group',
    tag: TAG,
    params: ONE,
    body: Type.Object({ process_mode: Type.Optional(PROCESS_MODE) }),
    answers: { 200: RESOURCE_GROUP },
    handle: async (call) => {
      const { project, params, body } = call;
      return await store.write(async (tx) => {
        const group = await ownGroup(tx, project.id, params.key);
        const mode = body.process_mode;
        if (mode === undefined || mode === group.mode) return ok(show(group));
        await setResourceMode(tx, group.id, mode);
        // Who was barred by the old order may be free to go.
        const look = { kind: 'resource', projectId: project.id, pipelineId: null, jobId: null };
        await putEffect(tx, { ...look, body: { key: group.key }, dueAt: tx.now() });
        const deed = { action: 'resource_group.mode', targetKind: 'resource_group', targetId: group.key } as const;
        await noteAudit(tx, call, { ...deed, details: { from: group.mode, to: mode } });
        return ok(show({ ...group, mode }));
      });
    },
  });
}

async function ownGroup(db: Db, projectId: number, key: string): Promise<ResourceGroup> {
  const group = await findResourceGroup(db, projectId, key);
  if (group === null) throw notFound('Resource Group');
  return group;
}

function show({ id, key, mode, createdAt }: ResourceGroup): ShownGroup {
  return { id, key, process_mode: mode, created_at: instant(createdAt), updated_at: instant(createdAt) };
}
