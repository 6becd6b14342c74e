import type { Selectable } from 'kysely';
import { fromJson } from '../schema/json.ts';
import type { Tables } from '../schema/tables.ts';

export type Visibility = 'private' | 'internal' | 'public';

/** What people may say of a project. */
export interface ProjectSettings {
  readonly name: string;
  readonly description: string;
  readonly visibility: Visibility;
  /** Null: nothing was pushed yet. */
  readonly defaultBranch: string | null;
  /** Empty: `.gitlab-ci.yml`. */
  readonly ciConfigPath: string;
  readonly takesSharedRunners: boolean;
  readonly isArchived: boolean;
  /** The rest, whose names and values are the coordinator's. */
  readonly settings: Readonly<Record<string, unknown>>;
}

export interface NewProject extends ProjectSettings {
  readonly namespaceId: number;
  /** Last part of the full path. */
  readonly path: string;
  /** Unique, whatever the case of its letters. */
  readonly fullPath: string;
  readonly createdBy: number | null;
}

export interface ProjectRecord extends NewProject {
  readonly id: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export const PROJECT_COLUMNS = [
  'projects.id',
  'namespace_id',
  'projects.path',
  'full_path',
  'projects.name',
  'description',
  'visibility',
  'default_branch',
  'ci_config_path',
  'shared_runners',
  'archived',
  'settings',
  'created_by',
  'projects.created_at',
  'updated_at',
] as const;

type ProjectRow = Omit<Selectable<Tables['projects']>, 'last_iid' | 'deleted_at'>;

export function projectOf(row: ProjectRow): ProjectRecord {
  return {
    id: row.id,
    namespaceId: row.namespace_id,
    path: row.path,
    fullPath: row.full_path,
    name: row.name,
    description: row.description,
    visibility: row.visibility as Visibility,
    defaultBranch: row.default_branch,
    ciConfigPath: row.ci_config_path,
    takesSharedRunners: row.shared_runners === 1,
    isArchived: row.archived === 1,
    settings: fromJson<Readonly<Record<string, unknown>>>(row.settings),
    createdBy: row.created_by,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
