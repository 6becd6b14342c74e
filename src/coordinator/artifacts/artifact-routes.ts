import { Type } from 'typebox';
import {
  expireArtifactsOfProject,
  findJob,
  findJobWithArchive,
  type JobRecord,
  keepArtifacts,
  latestSuccessfulPipeline,
} from '../../store/index.ts';
import { type Call, noContent, notFound, ok, PAGING, type Route, route } from '../http/index.ts';
import type { Parts } from '../parts.ts';
import { loadJob } from '../rest/jobs/load-job.ts';
import { noteAudit } from '../rest/note-audit.ts';
import { answer, ID } from '../rest/schemas/common.ts';
import { BRIDGE, JOB as SHOWN_JOB } from '../rest/schemas/job.ts';
import { eraseArtifacts, fileInArchive, folderOfArchive, readableArchiveOf, wholeArchive } from './open-artifact.ts';

const PROJECT = { id: Type.String() };
const JOB = { ...PROJECT, job_id: ID };
const common = { tag: 'artifacts' } as const;

/** What people and programs do with artifacts. */
export function artifactRoutes(parts: Parts): readonly Route[] {
  return [...downloads(parts), tree(parts), ...byRef(parts), ...changes(parts)];
}

/** @throws HttpError 404: no such job in this project */
async function ownJob({ store }: Parts, projectId: number, jobId: number): Promise<JobRecord> {
  const job = await store.read((db) => findJob(db, jobId));
  if (job === null || job.projectId !== projectId) throw notFound('Job');
  return job;
}

function downloads(parts: Parts): readonly Route[] {
  return [
    route({
      ...common,
      method: 'GET',
      path: '/api/v4/projects/:id/jobs/:job_id/artifacts',
      action: 'artifact.read',
      summary: 'The archive of a job, whole',
      params: Type.Object(JOB),
      answers: { 200: null },
      handle: async (call) => {
        const { id: jobId } = await ownJob(parts, call.project.id, call.params.job_id);
        return await wholeArchive(parts, await readableArchiveOf(parts, call, jobId), call.signal);
      },
    }),
    route({
      ...common,
      method: 'GET',
      path: '/api/v4/projects/:id/jobs/:job_id/artifacts/*',
      action: 'artifact.read',
      summary: 'One file of the archive of a job',
      params: Type.Object({ ...JOB, '*': Type.String() }),
      answers: { 200: null },
      handle: async (call) => {
        const { id: jobId } = await ownJob(parts, call.project.id, call.params.job_id);
        return await fileInArchive(parts, await readableArchiveOf(parts, call, jobId), call.params['*'], call.signal);
      },
    }),
  ];
}

/** Of the entry of that name at the top of an archive it stands in front, as in GitLab. */
function tree(parts: Parts): Route {
  return route({
    ...common,
    method: 'GET',
    path: '/api/v4/projects/:id/jobs/:job_id/artifacts/tree',
    action: 'artifact.read',
    summary: 'What lies in a folder of the archive of a job, folders first',
    params: Type.Object(JOB),
    query: Type.Object({ ...PAGING, path: Type.Optional(Type.String({ maxLength: 4_096 })) }),
    answers: { 200: Type.Array(TREE_ENTRY) },
    handle: async (call) => {
      const { id: jobId } = await ownJob(parts, call.project.id, call.params.job_id);
      return await folderOfArchive(parts, await readableArchiveOf(parts, call, jobId), call);
    },
  });
}

const TREE_ENTRY = answer({
  name: Type.String(),
  path: Type.String({ description: 'in the archive' }),
  type: Type.Enum(['file', 'directory', 'symlink']),
  size: Type.Integer({ minimum: 0, description: 'bytes, of a directory 0' }),
});

function byRef(parts: Parts): readonly Route[] {
  const query = Type.Object({ job: Type.String() });
  const archiveOfRef = async (call: Call<{ readonly ref: string }, { readonly job: string }>) => {
    const jobId = await parts.store.read(async (db) => {
      const pipeline = await latestSuccessfulPipeline(db, call.project.id, call.params.ref);
      return pipeline === null ? null : await findJobWithArchive(db, pipeline, call.query.job);
    });
    if (jobId === null) throw notFound('Job');
    return await readableArchiveOf(parts, call, jobId);
  };
  return [
    route({
      ...common,
      method: 'GET',
      path: '/api/v4/projects/:id/jobs/artifacts/:ref/download',
      action: 'artifact.read',
      summary: 'The archive of a job of the latest successful pipeline of a ref',
      params: Type.Object({ ...PROJECT, ref: Type.String() }),
      query,
      answers: { 200: null },
      handle: async (call) => wholeArchive(parts, await archiveOfRef(call), call.signal),
    }),
    route({
      ...common,
      method: 'GET',
      path: '/api/v4/projects/:id/jobs/artifacts/:ref/raw/*',
      action: 'artifact.read',
      summary: 'One file of it',
      params: Type.Object({ ...PROJECT, ref: Type.String(), '*': Type.String() }),
      query,
      answers: { 200: null },
      handle: async (call) => fileInArchive(parts, await archiveOfRef(call), call.params['*'], call.signal),
    }),
  ];
}

function changes(parts: Parts): readonly Route[] {
  return [
    route({
      ...common,
      method: 'POST',
      path: '/api/v4/projects/:id/jobs/:job_id/artifacts/keep',
      action: 'artifact.manage',
      summary: 'Keep the artifacts of a job: they do not expire any more',
      params: Type.Object(JOB),
      answers: { 200: Type.Union([SHOWN_JOB, BRIDGE]) },
      handle: async ({ params, project }) => {
        const job = await ownJob(parts, project.id, params.job_id);
        if ((await parts.store.write((tx) => keepArtifacts(tx, job.id))) === 0) throw notFound('Artifacts');
        return ok(await parts.store.read((db) => loadJob(db, job, parts)));
      },
    }),
    route({
      ...common,
      method: 'DELETE',
      path: '/api/v4/projects/:id/jobs/:job_id/artifacts',
      action: 'artifact.delete',
      summary: 'Take the artifacts of a job away',
      params: Type.Object(JOB),
      answers: { 204: null },
      handle: async (call) => {
        const { id } = await ownJob(parts, call.project.id, call.params.job_id);
        await eraseArtifacts(parts, id);
        const deed = { action: 'artifact.delete', targetKind: 'job', targetId: id } as const;
        await parts.store.write((tx) => noteAudit(tx, call, deed));
        return noContent();
      },
    }),
    route({
      ...common,
      method: 'DELETE',
      path: '/api/v4/projects/:id/artifacts',
      action: 'artifact.delete',
      summary:
        'Let all artifacts of a project expire but those that are kept, and those of the latest successful pipeline of each ref',
      params: Type.Object(PROJECT),
      answers: { 202: Type.Object({ message: Type.String() }) },
      handle: async (call) => {
        const { id } = call.project;
        await parts.store.write(async (tx) => {
          await expireArtifactsOfProject(tx, id);
          await noteAudit(tx, call, { action: 'artifact.delete', targetKind: 'project', targetId: id });
        });
        return { status: 202, body: { message: '202 Accepted' } };
      },
    }),
  ];
}
