import type { Selectable } from 'kysely';
import type { PipelineCancel } from '../../lifecycle/index.ts';
import type { AutoCancel, Status } from '../../protocol/index.ts';
import { fromJson, fromJsonOrNull } from '../schema/json.ts';
import type { Tables } from '../schema/tables.ts';

/** What is known of a pipeline when it is made. */
export interface NewPipeline {
  readonly projectId: number;
  /** Short name of a branch or tag, or a full one of another kind (`refs/merge-requests/1/head`). */
  readonly ref: string;
  readonly isTag: boolean;
  readonly sha: string;
  readonly beforeSha: string;
  /** `CI_PIPELINE_SOURCE`. */
  readonly source: string;
  readonly userId: number | null;
  readonly name: string | null;
  /** Null: there is none, its file has `problems`. */
  readonly planHash: string | null;
  readonly isProtected: boolean;
  readonly parentPipelineId: number | null;
  readonly parentJobId: number | null;
  readonly onNewCommit: AutoCancel['onNewCommit'];
  /** Whatever payload and pages need of commit and project as they were then; JSON. */
  readonly facts: unknown;
  /** Sealed; JSON. Given by the API, a trigger or a push option. */
  readonly variables: unknown;
  /** Texts of what is wrong with the file; JSON. */
  readonly problems: readonly string[];
}

export interface PipelineRecord extends Omit<NewPipeline, 'variables'> {
  readonly id: number;
  readonly iid: number;
  /** Grows by one with every transaction that changes the pipeline. */
  readonly version: number;
  readonly status: Status;
  readonly cancelRequest: PipelineCancel | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
}

export const PIPELINE_COLUMNS = [
  'id',
  'project_id',
  'iid',
  'version',
  'status',
  'ref',
  'is_tag',
  'sha',
  'before_sha',
  'source',
  'user_id',
  'name',
  'plan_hash',
  'is_protected',
  'parent_pipeline_id',
  'parent_job_id',
  'on_new_commit',
  'cancel_request',
  'facts',
  'problems',
  'created_at',
  'updated_at',
  'started_at',
  'finished_at',
] as const;

export type PipelineRow = Pick<Selectable<Tables['pipelines']>, (typeof PIPELINE_COLUMNS)[number]>;

export function pipelineOf(row: PipelineRow): PipelineRecord {
  return {
    id: row.id,
    projectId: row.project_id,
    iid: row.iid,
    version: row.version,
    status: row.status as Status,
    ref: row.ref,
    isTag: row.is_tag === 1,
    sha: row.sha,
    beforeSha: row.before_sha,
    source: row.source,
    userId: row.user_id,
    name: row.name,
    planHash: row.plan_hash,
    isProtected: row.is_protected === 1,
    parentPipelineId: row.parent_pipeline_id,
    parentJobId: row.parent_job_id,
    onNewCommit: row.on_new_commit as AutoCancel['onNewCommit'],
    cancelRequest: fromJsonOrNull<PipelineCancel>(row.cancel_request),
    facts: fromJson<unknown>(row.facts),
    problems: fromJsonOrNull<readonly string[]>(row.problems) ?? [],
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
  };
}
