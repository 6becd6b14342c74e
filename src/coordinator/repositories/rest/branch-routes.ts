import { Type } from 'typebox';
import { type Branch, isAncestor, listBranches } from '../../../git/index.ts';
import { ACCESS_LEVELS } from '../../access/index.ts';
import { notFound, ok, PAGING, paged, pageOf, type Route, route } from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { fitsPattern } from '../../pipelines/index.ts';
import { decidePush } from '../push/decide-push.ts';
import { COMMON, ID, type OpenedProject, openProject, params } from './open-project.ts';
import { BRANCH } from './repository-schemas.ts';
import { showCommit } from './show-commit.ts';

export function branchRoutes(parts: Parts): readonly Route[] {
  return [
    route({
      ...COMMON,
      path: '/api/v4/projects/:id/repository/branches',
      summary: 'Branches',
      params,
      query: Type.Object({
        ...PAGING,
        search: Type.Optional(Type.String({ description: '`^` before it: the start; `$` after it: the end' })),
        sort: Type.Optional(Type.Enum(['name_asc', 'updated_asc', 'updated_desc'])),
      }),
      answers: { 200: Type.Array(BRANCH), 404: null },
      handle: async (call) => {
        const opened = await openProject(parts, call);
        const page = pageOf(call.query);
        const { total, items } = await listBranches(opened.repository, {
          sort: call.query.sort ?? 'name_asc',
          ...(call.query.search === undefined ? {} : { search: call.query.search }),
          offset: page.offset,
          limit: page.perPage,
          signal: call.signal,
        });
        const shown = await Promise.all(items.map((branch) => showBranch(opened, branch)));
        return paged({ items: shown, total }, page, call.base, call.url);
      },
    }),
    route({
      ...COMMON,
      path: '/api/v4/projects/:id/repository/branches/:branch',
      summary: 'A branch',
      params: Type.Object({ ...ID, branch: Type.String() }),
      answers: { 200: BRANCH, 404: null },
      handle: async (call) => {
        const opened = await openProject(parts, call);
        const { items } = await listBranches(opened.repository, {
          name: call.params.branch,
          sort: 'name_asc',
          limit: 1,
          signal: call.signal,
        });
        const [branch] = items;
        if (branch === undefined) throw notFound('Branch');
        return ok(await showBranch(opened, branch));
      },
    }),
  ];
}

async function showBranch({ repository, project, web, level, find }: OpenedProject, { name, commit }: Branch) {
  const isDefault = name === project.defaultBranch;
  const base = isDefault ? null : await find(undefined);
  const rules = project.protectedRefs.filter(({ kind, pattern }) => kind === 'branch' && fitsPattern(name, pattern));
  const developersMay = (role: 'pushRole' | 'mergeRole') =>
    rules.some((rule) => rule[role] > 0 && rule[role] <= ACCESS_LEVELS.developer);
  const push = { ref: `refs/heads/${name}`, oldSha: commit.sha, newSha: commit.sha };
  const decision = decidePush(push, { level, project, isEmpty: false });
  return {
    name,
    commit: showCommit(commit, web),
    merged: base !== null && (await isAncestor(repository, commit.sha, base.sha)),
    protected: rules.length > 0,
    developers_can_push: developersMay('pushRole'),
    developers_can_merge: developersMay('mergeRole'),
    can_push: level >= ACCESS_LEVELS.developer && typeof decision === 'string',
    default: isDefault,
    web_url: `${web}/-/tree/${encodeURI(name)}`,
  };
}
