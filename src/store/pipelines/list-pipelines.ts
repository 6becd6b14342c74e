import type { SelectQueryBuilder } from 'kysely';
import type { Status } from '../../protocol/index.ts';
import type { Page } from '../schema/page.ts';
import type { Tables } from '../schema/tables.ts';
import type { Db } from '../store.ts';
import { PIPELINE_COLUMNS, type PipelineRecord, pipelineOf } from './pipeline-record.ts';

/** Null: any. */
export interface PipelineFilter {
  readonly projectId: number;
  readonly statuses: readonly Status[] | null;
  readonly ref: string | null;
  readonly isTag: boolean | null;
  readonly sha: string | null;
  readonly source: string | null;
  readonly name: string | null;
  readonly userId: number | null;
  readonly hasProblems: boolean | null;
  readonly updatedAfter: number | null;
  readonly updatedBefore: number | null;
  readonly createdAfter: number | null;
  readonly createdBefore: number | null;
  /** The newest of each ref alone. */
  readonly latestOfRef: boolean;
  /** Child pipelines are left out unless they are asked for. */
  readonly withChildren: boolean;
}

export const ANY_PIPELINE: Omit<PipelineFilter, 'projectId'> = {
  statuses: null,
  ref: null,
  isTag: null,
  sha: null,
  source: null,
  name: null,
  userId: null,
  hasProblems: null,
  updatedAfter: null,
  updatedBefore: null,
  createdAfter: null,
  createdBefore: null,
  latestOfRef: false,
  withChildren: false,
};

export type PipelineOrder = 'id' | 'status' | 'ref' | 'updated_at' | 'user_id';

/** `by` other than `id` pages by offset only. Equal ones are ordered by id. */
export async function listPipelines(
  db: Db,
  filter: PipelineFilter,
  { limit, offset, after, order }: Page,
  by: PipelineOrder = 'id',
): Promise<readonly PipelineRecord[]> {
  const rows = await matching(db, filter)
    .select(PIPELINE_COLUMNS)
    .$if(by !== 'id', (query) => query.orderBy(by, order))
    .$if(after !== null, (query) => query.where('id', order === 'desc' ? '<' : '>', after ?? 0))
    .orderBy('id', order)
    .limit(limit)
    .offset(offset)
    .execute();
  return rows.map(pipelineOf);
}

/** How many there are, counted up to `most`. */
export async function countPipelines(db: Db, filter: PipelineFilter, most: number): Promise<number> {
  const { total } = await db.query
    .selectFrom(matching(db, filter).select('id').limit(most).as('found'))
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return total;
}

type Query = SelectQueryBuilder<Tables, 'pipelines', object>;

function matching(db: Db, filter: PipelineFilter): Query {
  const given = whereGiven(db.query.selectFrom('pipelines').where('project_id', '=', filter.projectId), filter);
  return whereState(whereWhen(given, filter), filter).$if(filter.latestOfRef, (some) =>
    some.where('id', 'in', latestIds(db, filter)),
  );
}

/** Found by the index of refs: one group a ref. */
function latestIds(db: Db, { projectId, isTag }: PipelineFilter) {
  return db.query
    .selectFrom('pipelines')
    .select(({ fn }) => fn.max('id').as('id'))
    .where('project_id', '=', projectId)
    .where('parent_pipeline_id', 'is', null)
    .$if(isTag !== null, (some) => some.where('is_tag', '=', isTag === true ? 1 : 0))
    .groupBy('ref');
}

function whereState(query: Query, { statuses, hasProblems, withChildren, isTag }: PipelineFilter): Query {
  return query
    .$if(statuses !== null, (some) => some.where('status', 'in', statuses ?? []))
    .$if(hasProblems !== null, (some) => some.where('problems', hasProblems === true ? 'is not' : 'is', null))
    .$if(!withChildren, (some) => some.where('parent_pipeline_id', 'is', null))
    .$if(isTag !== null, (some) => some.where('is_tag', '=', isTag === true ? 1 : 0));
}

function whereGiven(query: Query, { ref, sha, source, name, userId }: PipelineFilter): Query {
  return query
    .$if(ref !== null, (some) => some.where('ref', '=', ref ?? ''))
    .$if(sha !== null, (some) => some.where('sha', '=', sha ?? ''))
    .$if(source !== null, (some) => some.where('source', '=', source ?? ''))
    .$if(name !== null, (some) => some.where('name', '=', name ?? ''))
    .$if(userId !== null, (some) => some.where('user_id', '=', userId));
}

function whereWhen(query: Query, { updatedAfter, updatedBefore, createdAfter, createdBefore }: PipelineFilter): Query {
  return query
    .$if(updatedAfter !== null, (some) => some.where('updated_at', '>', updatedAfter ?? 0))
    .$if(updatedBefore !== null, (some) => some.where('updated_at', '<', updatedBefore ?? 0))
    .$if(createdAfter !== null, (some) => some.where('created_at', '>', createdAfter ?? 0))
    .$if(createdBefore !== null, (some) => some.where('created_at', '<', createdBefore ?? 0));
}
