import { Type } from 'typebox';
import { Failure } from '../../../base/index.ts';
import { listTree, type TreeEntry } from '../../../git/index.ts';
import { keysetPaged, notFound, PAGING, paged, pageOf, type Route, route } from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { COMMON, checkPath, openProject, params } from './open-project.ts';
import { TREE_ENTRY } from './repository-schemas.ts';

export function treeRoutes(parts: Parts): readonly Route[] {
  return [
    route({
      ...COMMON,
      path: '/api/v4/projects/:id/repository/tree',
      summary: 'What lies in a directory',
      params,
      query: Type.Object({
        ...PAGING,
        path: Type.Optional(Type.String()),
        ref: Type.Optional(Type.String()),
        recursive: Type.Optional(Type.Boolean()),
        pagination: Type.Optional(Type.Enum(['keyset', 'legacy', 'none'])),
        page_token: Type.Optional(
          Type.String({ description: 'of `pagination=keyset`: the last path of the page before' }),
        ),
      }),
      answers: { 200: Type.Array(TREE_ENTRY), 400: null, 404: null },
      handle: async (call) => {
        const { repository, find } = await openProject(parts, call);
        const { path = '', ref, recursive = false, pagination, page_token: after } = call.query;
        const revision = await find(ref);
        if (revision === null) throw notFound('Tree');
        const place = path.replace(/\/$/, '');
        if (place !== '') checkPath(place, 'path');
        const entries = await orNoTree(
          listTree(repository, revision.sha, { path: place, recursive, signal: call.signal }),
        );
        const page = pageOf(call.query);
        if (pagination !== 'keyset') {
          const items = entries.slice(page.offset, page.offset + page.perPage).map(showEntry);
          return paged({ items, total: entries.length }, page, call.base, call.url);
        }
        const start = after === undefined ? 0 : entries.findIndex((entry) => entry.path === after) + 1;
        if (after !== undefined && start === 0) throw notFound('Tree');
        const items = entries.slice(start, start + page.perPage);
        const last = items.at(-1);
        const next = last === undefined || start + page.perPage >= entries.length ? null : { page_token: last.path };
        return keysetPaged(items.map(showEntry), next, call.base, call.url);
      },
    }),
  ];
}

async function orNoTree<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Failure && error.code === 'not_found') throw notFound('Tree');
    throw error;
  }
}

const TYPES = { file: 'blob', directory: 'tree', submodule: 'commit' } as const;

function showEntry({ sha, name, kind, path, mode }: TreeEntry) {
  return { id: sha, name, type: TYPES[kind], path, mode };
}
