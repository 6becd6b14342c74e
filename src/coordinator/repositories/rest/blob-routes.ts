import { Type } from 'typebox';
import { Failure } from '../../../base/index.ts';
import { archivePrefix, openArchive, openBlob, readBlob } from '../../../git/index.ts';
import { type Answer, notFound, ok, type Route, route } from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { COMMON, checkPath, ID, openProject, params } from './open-project.ts';
import { BLOB } from './repository-schemas.ts';

const LIMITS = { stallMs: 60_000, deadlineMs: 60 * 60_000 };
const MOST_BYTES = 20 * 1024 * 1024;
const blob = Type.Object({ ...ID, sha: Type.String() });
const answers = { 200: null, 400: null, 404: null };

export function blobRoutes(parts: Parts): readonly Route[] {
  return [
    route({
      ...COMMON,
      path: '/api/v4/projects/:id/repository/blobs/:sha',
      summary: 'The content of a file by its own sha, in base64',
      params: blob,
      answers: { ...answers, 200: BLOB },
      handle: async (call) => {
        const { repository } = await openProject(parts, call);
        const { sha } = call.params;
        const options = { maxOutputBytes: MOST_BYTES, signal: call.signal };
        const content = await orNotFound('Blob', async () => readBlob(repository, sha, options));
        return ok({ size: content.length, encoding: 'base64', content: content.toString('base64'), sha });
      },
    }),
    route({
      ...COMMON,
      path: '/api/v4/projects/:id/repository/blobs/:sha/raw',
      summary: 'The content of a file by its own sha, however large',
      params: blob,
      answers,
      handle: async (call): Promise<Answer> => {
        const { repository } = await openProject(parts, call);
        const options = { ...LIMITS, signal: call.signal };
        const { body } = await orNotFound('Blob', async () => openBlob(repository, call.params.sha, options));
        return { status: 200, body, headers: { 'content-type': 'text/plain; charset=utf-8' } };
      },
    }),
    ...Object.entries(ARCHIVES).map(([ending, kind]) => archiveRoute(parts, ending, kind)),
  ];
}

const TAR_GZ = { format: 'tar.gz', type: 'application/gzip' } as const;
const ARCHIVES = {
  '': TAR_GZ,
  '.tar.gz': TAR_GZ,
  '.tgz': TAR_GZ,
  '.tar': { format: 'tar', type: 'application/x-tar' },
  '.zip': { format: 'zip', type: 'application/zip' },
} as const;

function archiveRoute(parts: Parts, ending: string, { format, type }: (typeof ARCHIVES)[keyof typeof ARCHIVES]): Route {
  return route({
    ...COMMON,
    path: `/api/v4/projects/:id/repository/archive${ending}`,
    summary: `The files of a commit as ${format}`,
    params,
    query: Type.Object({ sha: Type.Optional(Type.String()), path: Type.Optional(Type.String()) }),
    answers,
    handle: async (call): Promise<Answer> => {
      const { repository, project, find } = await openProject(parts, call);
      const revision = await find(call.query.sha);
      if (revision === null) throw notFound('File');
      const path = call.query.path?.replace(/\/$/, '') ?? '';
      if (path !== '') checkPath(path, 'path');
      const name = project.fullPath.slice(project.fullPath.lastIndexOf('/') + 1);
      const prefix = archivePrefix(name, revision.asked, revision.sha, path);
      const options = { ...LIMITS, format, prefix, path, signal: call.signal };
      const { body } = await orNotFound('File', async () => openArchive(repository, revision.sha, options));
      const disposition = `attachment; filename="${prefix}.${format}"`;
      return { status: 200, body, headers: { 'content-type': type, 'content-disposition': disposition } };
    },
  });
}

/** A text that cannot be a sha names nothing either. */
async function orNotFound<T>(what: string, look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof Failure && ['not_found', 'bad_name'].includes(error.code)) throw notFound(what);
    throw error;
  }
}
