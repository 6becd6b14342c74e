import { bit, toJson } from '../schema/json.ts';
import type { Tx } from '../store.ts';
import { holdPath } from './hold-path.ts';
import { findNamespaceByPath } from './namespaces.ts';
import type { NewProject, ProjectSettings } from './project-record.ts';

/** Null: the path is taken, by another one or by a namespace. */
export async function insertProject(tx: Tx, project: NewProject): Promise<number | null> {
  await holdPath(tx, project.fullPath);
  if ((await findNamespaceByPath(tx, project.fullPath)) !== null) return null;
  const now = tx.now();
  const row = await tx.query
    .insertInto('projects')
    .values({
      ...columnsOf(project),
      namespace_id: project.namespaceId,
      path: project.path,
      full_path: project.fullPath,
      last_iid: 0,
      created_by: project.createdBy,
      created_at: now,
      updated_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  return row?.id ?? null;
}

export async function updateProject(tx: Tx, id: number, settings: ProjectSettings): Promise<void> {
  await tx.query
    .updateTable('projects')
    .set({ ...columnsOf(settings), updated_at: tx.now() })
    .where('id', '=', id)
    .execute();
  tx.publish({ kind: 'settings', id, value: 0 });
}

/** Of one whose default branch is not there yet: what the first push brought. */
export async function setFirstBranch(tx: Tx, id: number, branch: string): Promise<void> {
  await tx.query
    .updateTable('projects')
    .set({ default_branch: branch, updated_at: tx.now() })
    .where('id', '=', id)
    .execute();
}

/** Nobody finds it from here on, and its path is free again. What belonged to it stays until somebody sweeps it up. */
export async function deleteProject(tx: Tx, id: number): Promise<void> {
  const now = tx.now();
  await tx.query
    .updateTable('projects')
    .set(({ eb }) => ({
      deleted_at: now,
      updated_at: now,
      full_path: eb('full_path', '||', `-deleted-${id}`),
      path: eb('path', '||', `-deleted-${id}`),
    }))
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .execute();
  await tx.query.deleteFrom('expected_pushes').where('project_id', '=', id).execute();
  tx.publish({ kind: 'settings', id, value: 0 });
}

function columnsOf(settings: ProjectSettings) {
  return {
    name: settings.name,
    description: settings.description,
    visibility: settings.visibility,
    default_branch: settings.defaultBranch,
    ci_config_path: settings.ciConfigPath,
    shared_runners: bit(settings.takesSharedRunners),
    archived: bit(settings.isArchived),
    settings: toJson(settings.settings),
  };
}
