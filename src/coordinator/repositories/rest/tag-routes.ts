import { Type } from 'typebox';
import { listTags, type Tag } from '../../../git/index.ts';
import { notFound, ok, PAGING, paged, pageOf, type Route, route } from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { fitsPattern } from '../../pipelines/index.ts';
import { COMMON, ID, type OpenedProject, openProject, params } from './open-project.ts';
import { TAG } from './repository-schemas.ts';
import { showCommit, showDate } from './show-commit.ts';

export function tagRoutes(parts: Parts): readonly Route[] {
  return [
    route({
      ...COMMON,
      path: '/api/v4/projects/:id/repository/tags',
      summary: 'Tags',
      params,
      query: Type.Object({
        ...PAGING,
        search: Type.Optional(Type.String()),
        order_by: Type.Optional(Type.Enum(['name', 'updated'])),
        sort: Type.Optional(Type.Enum(['asc', 'desc'])),
      }),
      answers: { 200: Type.Array(TAG), 404: null },
      handle: async (call) => {
        const opened = await openProject(parts, call);
        const page = pageOf(call.query);
        const { search, order_by: by = 'updated', sort = 'desc' } = call.query;
        const { total, items } = await listTags(opened.repository, {
          sort: `${by}_${sort}`,
          ...(search === undefined ? {} : { search }),
          offset: page.offset,
          limit: page.perPage,
          signal: call.signal,
        });
        return paged({ items: items.map((tag) => showTag(opened, tag)), total }, page, call.base, call.url);
      },
    }),
    route({
      ...COMMON,
      path: '/api/v4/projects/:id/repository/tags/:tag_name',
      summary: 'A tag',
      params: Type.Object({ ...ID, tag_name: Type.String() }),
      answers: { 200: TAG, 404: null },
      handle: async (call) => {
        const opened = await openProject(parts, call);
        const query = { name: call.params.tag_name, sort: 'name_asc', limit: 1, signal: call.signal } as const;
        const [tag] = (await listTags(opened.repository, query)).items;
        if (tag === undefined) throw notFound('Tag');
        return ok(showTag(opened, tag));
      },
    }),
  ];
}

function showTag({ project, web }: OpenedProject, { name, message, target, commit, createdAt }: Tag) {
  return {
    name,
    message: message ?? '',
    target,
    commit: commit === null ? null : showCommit(commit, web),
    release: null,
    protected: project.protectedRefs.some(({ kind, pattern }) => kind === 'tag' && fitsPattern(name, pattern)),
    created_at: createdAt === null ? null : showDate(createdAt),
  };
}
