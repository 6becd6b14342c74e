import { Type } from 'typebox';
import {
  type CommitInfo,
  commitStats,
  listCommits,
  listDiffs,
  type Revision,
  readCommit,
  refsWith,
} from '../../../git/index.ts';
import { ANY_PIPELINE, listPipelines } from '../../../store/index.ts';
import { badInstant, type Call, notFound, ok, PAGING, paged, pageOf, type Route, route } from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { namedRef } from '../push/ref-name.ts';
import { COMMON, checkPath, ID, type OpenedProject, openProject, params } from './open-project.ts';
import { DIFF, FULL_COMMIT, LISTED_COMMIT, REF } from './repository-schemas.ts';
import { showCommit, showDiff } from './show-commit.ts';

const one = Type.Object({ ...ID, sha: Type.String() });
const BASE = '/api/v4/projects/:id/repository/commits';

export function commitRoutes(parts: Parts): readonly Route[] {
  return [
    listRoute(parts),
    route({
      ...COMMON,
      path: `${BASE}/:sha`,
      summary: 'A commit, with its lines and its last pipeline',
      params: one,
      query: Type.Object({ stats: Type.Optional(Type.Boolean()) }),
      answers: { 200: FULL_COMMIT, 404: null },
      handle: async (call) => {
        const { opened, commit } = await openCommit(parts, call);
        const { repository, project, web } = opened;
        const pipeline = await lastPipeline(parts, project.id, commit.sha, web);
        const stats = call.query.stats === false ? {} : { stats: await showStats(opened, commit.sha) };
        return ok({
          ...showCommit(await readCommit(repository, commit.sha), web),
          ...stats,
          status: pipeline?.status ?? null,
          project_id: project.id,
          last_pipeline: pipeline,
        });
      },
    }),
    route({
      ...COMMON,
      path: `${BASE}/:sha/diff`,
      summary: 'What a commit changed',
      params: one,
      query: Type.Object(PAGING),
      answers: { 200: Type.Array(DIFF), 404: null },
      handle: async (call) => {
        const { opened, commit } = await openCommit(parts, call);
        const { parents } = await readCommit(opened.repository, commit.sha);
        const diffs = await listDiffs(opened.repository, parents[0] ?? null, commit.sha, { signal: call.signal });
        const page = pageOf(call.query);
        const items = diffs.slice(page.offset, page.offset + page.perPage).map(showDiff);
        return paged({ items, total: diffs.length }, page, call.base, call.url);
      },
    }),
    refsRoute(parts),
  ];
}

function refsRoute(parts: Parts): Route {
  return route({
    ...COMMON,
    path: `${BASE}/:sha/refs`,
    summary: 'Branches and tags that have a commit',
    params: one,
    query: Type.Object({ ...PAGING, type: Type.Optional(Type.Enum(['all', 'branch', 'tag'])) }),
    answers: { 200: Type.Array(REF), 404: null },
    handle: async (call) => {
      const { opened, commit } = await openCommit(parts, call);
      const { type = 'all' } = call.query;
      const refs = (await refsWith(opened.repository, commit.sha, { signal: call.signal }))
        .flatMap((ref) => namedRef(ref) ?? [])
        .filter(({ kind }) => type === 'all' || kind === type)
        .map(({ kind, name }) => ({ type: kind, name }));
      const page = pageOf(call.query);
      const items = refs.slice(page.offset, page.offset + page.perPage);
      return paged({ items, total: refs.length }, page, call.base, call.url);
    },
  });
}

function listRoute(parts: Parts): Route {
  return route({
    ...COMMON,
    path: BASE,
    summary: 'Commits of a branch, the newest first',
    params,
    query: Type.Object({
      ...PAGING,
      ref_name: Type.Optional(Type.String()),
      path: Type.Optional(Type.String()),
      since: Type.Optional(Type.String({ description: 'ISO 8601' })),
      until: Type.Optional(Type.String({ description: 'ISO 8601' })),
      first_parent: Type.Optional(Type.Boolean()),
      with_stats: Type.Optional(Type.Boolean()),
    }),
    answers: { 200: Type.Array(LISTED_COMMIT), 400: null, 404: null },
    handle: async (call) => {
      const opened = await openProject(parts, call);
      const { ref_name: ref, path, since, until, first_parent: firstParent = false, with_stats: stats } = call.query;
      const revision = await opened.find(ref);
      if (revision === null) throw notFound('Commit');
      const page = pageOf(call.query);
      // One more than asked for: whether there is a next page costs less than how many there are.
      const found = await listCommits(opened.repository, revision.sha, {
        ...(path === undefined || path === '' ? {} : { path: checkPath(path, 'path') }),
        ...(since === undefined ? {} : { sinceMs: instant(since, 'since') }),
        ...(until === undefined ? {} : { untilMs: instant(until, 'until') }),
        firstParent,
        offset: page.offset,
        limit: page.perPage + 1,
        signal: call.signal,
      });
      const show = async (commit: CommitInfo) => ({
        ...showCommit(commit, opened.web),
        ...(stats === true ? { stats: await showStats(opened, commit.sha) } : {}),
      });
      const items = await Promise.all(found.slice(0, page.perPage).map(show));
      return paged({ items, total: null, hasMore: found.length > page.perPage }, page, call.base, call.url);
    },
  });
}

async function openCommit(
  parts: Parts,
  call: Pick<Call<{ readonly sha: string }>, 'params' | 'project' | 'principal'>,
): Promise<{ readonly opened: OpenedProject; readonly commit: Revision }> {
  const opened = await openProject(parts, call);
  const commit = await opened.find(call.params.sha);
  if (commit === null) throw notFound('Commit');
  return { opened, commit };
}

async function showStats({ repository }: OpenedProject, sha: string) {
  const { additions, deletions } = await commitStats(repository, sha);
  return { additions, deletions, total: additions + deletions };
}

async function lastPipeline({ store }: Parts, projectId: number, sha: string, web: string) {
  const page = { limit: 1, offset: 0, after: null, order: 'desc' } as const;
  const [found] = await store.read((db) => listPipelines(db, { ...ANY_PIPELINE, projectId, sha }, page));
  if (found === undefined) return null;
  const { id, iid, ref, status, source, createdAt, updatedAt } = found;
  return {
    ...{ id, iid, project_id: projectId, sha, ref, status, source },
    created_at: new Date(createdAt).toISOString(),
    updated_at: new Date(updatedAt).toISOString(),
    web_url: `${web}/-/pipelines/${id}`,
  };
}

function instant(text: string, name: string): number {
  const ms = Date.parse(text);
  if (!Number.isFinite(ms) || ms < 0) throw badInstant(name);
  return ms;
}
