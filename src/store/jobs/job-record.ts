import type { Selectable } from 'kysely';
import type { Cleanup } from '../../protocol/index.ts';
import { fromJson } from '../schema/json.ts';
import type { Tables } from '../schema/tables.ts';
import { type StoredState, stateOf } from './job-columns.ts';

/** What is known of a job when it is made. */
export interface NewJob {
  /** Of the job in its pipeline, as the lifecycle counts. */
  readonly number: number;
  readonly position: number;
  readonly name: string;
  readonly stage: string;
  readonly stageIndex: number;
  readonly kind: 'script' | 'trigger';
  readonly tags: readonly string[];
  readonly resourceGroup: string | null;
  readonly state: StoredState;
  /** What `allow_failure` comes to now. */
  readonly allowFailure: boolean;
  readonly userId: number | null;
}

/** What a runner that was given up has said of its cleanup since. What the job has on record of its cleanup stays as it is. */
export interface LateCleanup extends Cleanup {
  /** Of the job, whose runner came back. */
  readonly ofAttempt: number;
  readonly runnerId: number;
  /** UTC ms. */
  readonly notedAt: number;
}

export interface JobRecord extends NewJob {
  readonly id: number;
  readonly pipelineId: number;
  readonly projectId: number;
  /** Another job took its place. */
  readonly isRetried: boolean;
  readonly coverage: string | null;
  /** Of the latest attempt. */
  readonly runnerId: number | null;
  readonly managerId: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly erasedAt: number | null;
  readonly erasedBy: number | null;
  /** It had an archive, which has expired and is gone. */
  readonly archiveExpiredAt: number | null;
  readonly lateCleanup: LateCleanup | null;
}

export const JOB_COLUMNS = [
  'id',
  'pipeline_id',
  'project_id',
  'number',
  'position',
  'name',
  'stage',
  'stage_index',
  'kind',
  'tags',
  'resource_group',
  'state',
  'is_retried',
  'allow_failure',
  'coverage',
  'user_id',
  'runner_id',
  'manager_id',
  'created_at',
  'updated_at',
  'erased_at',
  'erased_by',
  'archive_expired_at',
  'late_cleanup',
] as const;

type JobRow = Pick<Selectable<Tables['jobs']>, (typeof JOB_COLUMNS)[number]>;

export function jobOf(row: JobRow): JobRecord {
  return {
    id: row.id,
    pipelineId: row.pipeline_id,
    projectId: row.project_id,
    number: row.number,
    position: row.position,
    name: row.name,
    stage: row.stage,
    stageIndex: row.stage_index,
    kind: row.kind as 'script' | 'trigger',
    tags: fromJson<readonly string[]>(row.tags),
    resourceGroup: row.resource_group,
    state: stateOf(row.state),
    isRetried: row.is_retried === 1,
    allowFailure: row.allow_failure === 1,
    coverage: row.coverage,
    userId: row.user_id,
    runnerId: row.runner_id,
    managerId: row.manager_id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    erasedAt: row.erased_at,
    erasedBy: row.erased_by,
    archiveExpiredAt: row.archive_expired_at,
    lateCleanup: row.late_cleanup === null ? null : fromJson<LateCleanup>(row.late_cleanup),
  };
}
