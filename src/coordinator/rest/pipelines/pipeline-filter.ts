import { type Static, Type } from 'typebox';
import type { Status } from '../../../protocol/index.ts';
import { ANY_PIPELINE, type Db, findUserByName, type PipelineFilter } from '../../../store/index.ts';
import { badInstant, PAGING } from '../../http/index.ts';
import { KEYSET } from '../schemas/common.ts';
import { STATUS } from '../schemas/pipeline.ts';

const TIME = Type.Optional(Type.String({ description: 'ISO 8601' }));

export const PIPELINE_QUERY = Type.Object({
  ...PAGING,
  ...KEYSET,
  scope: Type.Optional(Type.Enum(['running', 'pending', 'finished', 'branches', 'tags'])),
  status: Type.Optional(STATUS),
  ref: Type.Optional(Type.String()),
  sha: Type.Optional(Type.String()),
  source: Type.Optional(Type.String()),
  name: Type.Optional(Type.String()),
  username: Type.Optional(Type.String()),
  yaml_errors: Type.Optional(Type.Boolean()),
  updated_after: TIME,
  updated_before: TIME,
  created_after: TIME,
  created_before: TIME,
  order_by: Type.Optional(Type.Enum(['id', 'status', 'ref', 'updated_at', 'user_id'])),
  sort: Type.Optional(Type.Enum(['asc', 'desc'])),
});
export type PipelineQuery = Static<typeof PIPELINE_QUERY>;

const SCOPES: Readonly<Record<NonNullable<PipelineQuery['scope']>, Partial<PipelineFilter>>> = {
  running: { statuses: ['running'] },
  pending: { statuses: ['pending'] },
  finished: { statuses: ['success', 'failed', 'canceled'] },
  branches: { isTag: false, latestOfRef: true },
  tags: { isTag: true, latestOfRef: true },
};

/** Null: nothing can fit. @throws HttpError 400 for what is no time. */
export async function pipelineFilter(db: Db, projectId: number, query: PipelineQuery): Promise<PipelineFilter | null> {
  const { ref = null, sha = null, source = null, name = null, username, scope } = query;
  const userId = username === undefined ? null : ((await findUserByName(db, username))?.id ?? null);
  if (username !== undefined && userId === null) return null;
  const scoped: PipelineFilter = {
    ...ANY_PIPELINE,
    ...(scope === undefined ? {} : SCOPES[scope]),
    projectId,
    ref,
    sha,
    source,
    name,
    userId,
    hasProblems: query.yaml_errors ?? null,
    updatedAfter: timeOf(query, 'updated_after'),
    updatedBefore: timeOf(query, 'updated_before'),
    createdAfter: timeOf(query, 'created_after'),
    createdBefore: timeOf(query, 'created_before'),
    withChildren: source === 'parent_pipeline',
  };
  return withStatus(scoped, query.status);
}

function withStatus(filter: PipelineFilter, status: Status | undefined): PipelineFilter | null {
  if (status === undefined) return filter;
  if (filter.statuses?.includes(status) === false) return null;
  return { ...filter, statuses: [status] };
}

type TimeName = 'updated_after' | 'updated_before' | 'created_after' | 'created_before';

function timeOf(query: PipelineQuery, name: TimeName): number | null {
  const text = query[name];
  if (text === undefined) return null;
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw badInstant(name);
  return at;
}
