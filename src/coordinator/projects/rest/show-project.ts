import type { Static } from 'typebox';
import { type Db, findNamespace, findRole, type NamespaceRecord, type ProjectRecord } from '../../../store/index.ts';
import { projectCiSettings } from '../../pipelines/create/project-settings.ts';
import { instant } from '../../rest/shapes/show-common.ts';
import type { NAMESPACE, PROJECT } from './project-schemas.ts';

const NOTIFICATION_LEVEL = 3;

/** @param userId whose permissions are shown; null: nobody's. */
export async function showProjects(
  db: Db,
  projects: readonly ProjectRecord[],
  { base, userId }: { readonly base: string; readonly userId: number | null },
): Promise<readonly Static<typeof PROJECT>[]> {
  const namespaces = new Map<number, NamespaceRecord | null>();
  const shown: Static<typeof PROJECT>[] = [];
  for (const project of projects) {
    const id = project.namespaceId;
    if (!namespaces.has(id)) namespaces.set(id, await findNamespace(db, id));
    const namespace = namespaces.get(id) ?? null;
    const role = userId === null ? null : await findRole(db, project.id, userId);
    if (namespace !== null) shown.push(showProject(project, namespace, { base, role }));
  }
  return shown;
}

function showProject(
  project: ProjectRecord,
  namespace: NamespaceRecord,
  { base, role }: { readonly base: string; readonly role: number | null },
): Static<typeof PROJECT> {
  const { buildTimeout, gitDepth, gitStrategy, autoCancel } = projectCiSettings(project);
  return {
    id: project.id,
    name: project.name,
    name_with_namespace: `${namespace.name} / ${project.name}`,
    path: project.path,
    path_with_namespace: project.fullPath,
    description: project.description,
    default_branch: project.defaultBranch,
    visibility: project.visibility,
    web_url: `${base}/${project.fullPath}`,
    http_url_to_repo: `${base}/${project.fullPath}.git`,
    ssh_url_to_repo: '',
    namespace: showNamespace(namespace, base),
    archived: project.isArchived,
    empty_repo: project.defaultBranch === null,
    creator_id: project.createdBy,
    created_at: instant(project.createdAt),
    last_activity_at: instant(project.updatedAt),
    jobs_enabled: true,
    builds_access_level: 'enabled',
    ci_config_path: project.ciConfigPath,
    build_timeout: buildTimeout,
    build_git_strategy: gitStrategy,
    ci_default_git_depth: gitDepth,
    auto_cancel_pending_pipelines: autoCancel ? 'enabled' : 'disabled',
    ci_separated_caches: true,
    shared_runners_enabled: project.takesSharedRunners,
    permissions: {
      project_access: role === null ? null : { access_level: role, notification_level: NOTIFICATION_LEVEL },
      group_access: null,
    },
  };
}

export function showNamespace({ id, name, path, kind }: NamespaceRecord, base: string): Static<typeof NAMESPACE> {
  const own = path.slice(path.lastIndexOf('/') + 1);
  return { id, name, path: own, kind, full_path: path, parent_id: null, avatar_url: null, web_url: `${base}/${path}` };
}
