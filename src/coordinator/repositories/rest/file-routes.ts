import { createHash } from 'node:crypto';
import { Type } from 'typebox';
import { latestCommitOf, readFile } from '../../../git/index.ts';
import { type Answer, type Call, notFound, ok, type Route, route } from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { COMMON, checkPath, ID, openProject } from './open-project.ts';
import { FILE } from './repository-schemas.ts';

/** A file that is answered as a whole. */
const MOST_BYTES = 20 * 1024 * 1024;

const common = {
  ...COMMON,
  params: Type.Object({ ...ID, file_path: Type.String() }),
  query: Type.Object({ ref: Type.Optional(Type.String()) }),
} as const;

type FileCall = Pick<
  Call<{ readonly file_path: string }, { readonly ref?: string }>,
  'params' | 'query' | 'project' | 'principal' | 'signal'
>;

export function fileRoutes(parts: Parts): readonly Route[] {
  return [
    route({
      ...common,
      path: '/api/v4/projects/:id/repository/files/:file_path',
      summary: 'A file, in base64',
      answers: { 200: FILE, 400: null, 404: null },
      handle: async (call) => {
        const { facts, content } = await openFile(parts, call);
        return ok({ ...facts, content: content.toString('base64') }, headersOf(facts));
      },
    }),
    route({
      ...common,
      path: '/api/v4/projects/:id/repository/files/:file_path/raw',
      summary: 'A file, byte for byte',
      answers: { 200: null, 400: null, 404: null },
      handle: async (call): Promise<Answer> => {
        const { facts, content } = await openFile(parts, call);
        const headers = { 'content-type': 'text/plain; charset=utf-8', 'content-disposition': 'inline' };
        return { status: 200, body: content, headers: { ...headers, ...headersOf(facts) } };
      },
    }),
  ];
}

async function openFile(parts: Parts, { params, query, signal, ...who }: FileCall) {
  const path = checkPath(params.file_path, 'file_path');
  const { repository, find } = await openProject(parts, who);
  const revision = await find(query.ref);
  if (revision === null) throw notFound('Commit');
  const file = await readFile(repository, revision.sha, path, { maxBytes: MOST_BYTES, signal });
  if (file === null) throw notFound('File');
  const { entry, content } = file;
  const last = await latestCommitOf(repository, revision.sha, path, { signal });
  const facts = {
    file_name: entry.name,
    file_path: path,
    size: entry.sizeBytes,
    encoding: 'base64',
    content_sha256: createHash('sha256').update(content).digest('hex'),
    ref: revision.asked,
    blob_id: entry.sha,
    commit_id: revision.sha,
    last_commit_id: last?.sha ?? revision.sha,
    execute_filemode: entry.mode === '100755',
  };
  return { facts, content };
}

/** `X-Gitlab-File-Name` and so on: what HEAD asks for. Names are any text, headers are not. */
function headersOf(facts: Readonly<Record<string, string | number | boolean>>): Readonly<Record<string, string>> {
  const lines = Object.entries(facts).map(([name, value]): [string, string] => [
    `x-gitlab-${name.replaceAll('_', '-')}`,
    /^[\x20-\x7e]*$/.test(String(value)) ? String(value) : encodeURIComponent(String(value)),
  ]);
  return Object.fromEntries(lines);
}
