import type { Visibility } from '../projects/project-record.ts';
import { fromJson } from '../schema/json.ts';
import type { Db } from '../store.ts';

/** What making and running pipelines needs of a project. */
export interface ProjectForPipelines {
  readonly id: number;
  /** The last part of `fullPath`. */
  readonly path: string;
  readonly fullPath: string;
  readonly name: string;
  readonly description: string;
  readonly visibility: Visibility;
  readonly namespaceId: number;
  readonly defaultBranch: string | null;
  /** Empty: the usual file. */
  readonly ciConfigPath: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly isArchived: boolean;
  readonly protectedRefs: readonly { readonly kind: 'branch' | 'tag'; readonly pattern: string }[];
}

/** Null: no such project, or it is deleted. */
export async function findProjectForPipelines(db: Db, id: number): Promise<ProjectForPipelines | null> {
  const row = await db.query
    .selectFrom('projects')
    .select([
      'namespace_id',
      'path',
      'full_path',
      'name',
      'description',
      'visibility',
      'default_branch',
      'ci_config_path',
      'settings',
      'archived',
    ])
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  if (row === undefined) return null;
  const refs = await db.query
    .selectFrom('protected_refs')
    .select(['kind', 'pattern'])
    .where('project_id', '=', id)
    .orderBy('id')
    .execute();
  return {
    id,
    path: row.path,
    fullPath: row.full_path,
    name: row.name,
    description: row.description,
    visibility: row.visibility as Visibility,
    namespaceId: row.namespace_id,
    defaultBranch: row.default_branch,
    ciConfigPath: row.ci_config_path,
    settings: fromJson<Readonly<Record<string, unknown>>>(row.settings),
    isArchived: row.archived === 1,
    protectedRefs: refs.map(({ kind, pattern }) => ({ kind: kind === 'tag' ? 'tag' : 'branch', pattern })),
  };
}
