import type { Static } from 'typebox';
import type { ProjectSettings } from '../../../store/index.ts';
import type { CHANGED_PROJECT } from './project-schemas.ts';

/** Those that are kept as they are named, since pipelines read them under GitLab's names. */
const KEPT = ['build_timeout', 'build_git_strategy', 'ci_default_git_depth', 'auto_cancel_pending_pipelines'] as const;

/** What is left out stays as it is. */
export function changedSettings(old: ProjectSettings, body: Static<typeof CHANGED_PROJECT>): ProjectSettings {
  const kept = KEPT.flatMap((name) => (body[name] === undefined ? [] : [[name, body[name]] as const]));
  return {
    name: body.name ?? old.name,
    description: body.description === undefined ? old.description : (body.description ?? ''),
    visibility: body.visibility ?? old.visibility,
    defaultBranch: body.default_branch ?? old.defaultBranch,
    ciConfigPath: body.ci_config_path === undefined ? old.ciConfigPath : (body.ci_config_path ?? ''),
    takesSharedRunners: body.shared_runners_enabled ?? old.takesSharedRunners,
    isArchived: old.isArchived,
    settings: { ...old.settings, ...Object.fromEntries(kept) },
  };
}
