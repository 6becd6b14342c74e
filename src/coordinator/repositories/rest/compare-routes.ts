import { Type } from 'typebox';
import { listCommits, listDiffs, mergeBase, readCommit } from '../../../git/index.ts';
import { badRequest, notFound, ok, type Route, route } from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { COMMON, openProject, params } from './open-project.ts';
import { COMPARISON, REPOSITORY_COMMIT } from './repository-schemas.ts';
import { showCommit, showDiff } from './show-commit.ts';

const MOST_COMMITS = 1_000;

export function compareRoutes(parts: Parts): readonly Route[] {
  return [
    route({
      ...COMMON,
      path: '/api/v4/projects/:id/repository/compare',
      summary: 'What one branch, tag or commit has that another has not',
      params,
      query: Type.Object({ from: Type.String(), to: Type.String(), straight: Type.Optional(Type.Boolean()) }),
      answers: { 200: COMPARISON, 404: null },
      handle: async (call) => {
        const { repository, web, find } = await openProject(parts, call);
        const [from, to] = [await find(call.query.from), await find(call.query.to)];
        if (from === null || to === null) throw notFound('Ref');
        const { signal } = call;
        const base =
          call.query.straight === true ? from.sha : await mergeBase(repository, from.sha, to.sha, { signal });
        const found = await listCommits(repository, to.sha, { not: [from.sha], limit: MOST_COMMITS, signal });
        const [last] = found;
        return ok({
          commit: last === undefined ? null : showCommit(last, web),
          commits: found.map((commit) => showCommit(commit, web)).reverse(),
          diffs: (await listDiffs(repository, base, to.sha, { signal })).map(showDiff),
          compare_timeout: false,
          compare_same_ref: from.sha === to.sha,
          web_url: `${web}/-/compare/${encodeURIComponent(call.query.from)}...${encodeURIComponent(call.query.to)}`,
        });
      },
    }),
    route({
      ...COMMON,
      path: '/api/v4/projects/:id/repository/merge_base',
      summary: 'Where two branches, tags or commits parted',
      params,
      query: Type.Object({ refs: Type.Array(Type.String()) }),
      answers: { 200: REPOSITORY_COMMIT, 400: null, 404: null },
      handle: async (call) => {
        const { repository, web, find } = await openProject(parts, call);
        const [one, other, ...more] = call.query.refs;
        if (one === undefined || other === undefined || more.length > 0) throw badRequest('refs has to name two');
        const [first, second] = [await find(one), await find(other)];
        if (first === null || second === null) throw badRequest('Could not find ref');
        const base = await mergeBase(repository, first.sha, second.sha, { signal: call.signal });
        if (base === null) throw notFound('Merge Base');
        return ok(showCommit(await readCommit(repository, base), web));
      },
    }),
  ];
}
