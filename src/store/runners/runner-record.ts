import type { Selectable } from 'kysely';
import { fromJson } from '../schema/json.ts';
import type { Tables } from '../schema/tables.ts';

/** `instance`: for all projects that take shared runners; `project`: for those it is given to. */
export type RunnerKind = 'instance' | 'project';

/** What people may say of a runner. */
export interface RunnerSettings {
  readonly description: string;
  readonly tags: readonly string[];
  readonly runUntagged: boolean;
  /** Takes jobs of protected refs alone (`ref_protected`). */
  readonly isProtected: boolean;
  /** Is not given to further projects. */
  readonly isLocked: boolean;
  readonly isPaused: boolean;
  /** s; null: no limit of its own. */
  readonly maximumTimeoutS: number | null;
  readonly maintenanceNote: string | null;
}

export interface NewRunner extends RunnerSettings {
  readonly kind: RunnerKind;
  /** SHA-256 of the authentication token, hex. */
  readonly tokenHash: string;
  /** UTC ms; null: it does not expire. */
  readonly tokenExpiresAt: number | null;
  /** Null: registered with a registration token. */
  readonly createdBy: number | null;
}

export interface RunnerRecord extends Omit<NewRunner, 'tokenHash'> {
  readonly id: number;
  readonly createdAt: number;
  /** When one of its managers was heard of last, give or take a minute. */
  readonly contactedAt: number | null;
}

export const RUNNER_COLUMNS = [
  'id',
  'kind',
  'description',
  'tags',
  'run_untagged',
  'is_protected',
  'is_locked',
  'is_paused',
  'maximum_timeout_s',
  'maintenance_note',
  'created_by',
  'created_at',
  'contacted_at',
  'token_expires_at',
] as const;

type RunnerRow = Pick<Selectable<Tables['runners']>, (typeof RUNNER_COLUMNS)[number]>;

export function runnerOf(row: RunnerRow): RunnerRecord {
  return {
    id: row.id,
    kind: row.kind as RunnerKind,
    description: row.description,
    tags: fromJson<readonly string[]>(row.tags),
    runUntagged: row.run_untagged === 1,
    isProtected: row.is_protected === 1,
    isLocked: row.is_locked === 1,
    isPaused: row.is_paused === 1,
    maximumTimeoutS: row.maximum_timeout_s,
    maintenanceNote: row.maintenance_note,
    createdBy: row.created_by,
    createdAt: row.created_at,
    contactedAt: row.contacted_at,
    tokenExpiresAt: row.token_expires_at,
  };
}
