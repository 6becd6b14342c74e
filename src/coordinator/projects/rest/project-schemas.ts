import { type Static, Type } from 'typebox';
import { CLEANUPS } from '../../rest/schemas/cleanup.ts';
import { answer, ID, INSTANT, nullable, shape, words } from '../../rest/schemas/common.ts';
import { BASIC_PIPELINE } from '../../rest/schemas/pipeline.ts';

export const NAMESPACE = answer({
  id: ID,
  name: Type.String(),
  path: Type.String(),
  kind: Type.Enum(['user', 'group']),
  full_path: Type.String(),
  parent_id: Type.Null(),
  avatar_url: Type.Null(),
  web_url: Type.String(),
});

const VISIBILITY = Type.Enum(['private', 'internal', 'public']);
const ACCESS = nullable(answer({ access_level: Type.Integer(), notification_level: Type.Integer() }));

export const PROJECT = answer({
  id: ID,
  name: Type.String(),
  name_with_namespace: Type.String(),
  path: Type.String(),
  path_with_namespace: Type.String(),
  description: Type.String(),
  default_branch: nullable(Type.String(), 'null: nothing was pushed yet'),
  visibility: VISIBILITY,
  web_url: Type.String(),
  http_url_to_repo: Type.String(),
  ssh_url_to_repo: Type.String({ description: 'empty: git is served over HTTP' }),
  namespace: NAMESPACE,
  archived: Type.Boolean(),
  empty_repo: Type.Boolean(),
  creator_id: nullable(ID),
  created_at: INSTANT,
  last_activity_at: INSTANT,
  jobs_enabled: Type.Boolean(),
  builds_access_level: Type.String(),
  ci_config_path: Type.String({ description: 'empty: `.gitlab-ci.yml`' }),
  build_timeout: Type.Integer({ description: 's' }),
  build_git_strategy: Type.Enum(['fetch', 'clone']),
  ci_default_git_depth: Type.Integer(),
  auto_cancel_pending_pipelines: Type.Enum(['enabled', 'disabled']),
  ci_separated_caches: Type.Boolean(),
  shared_runners_enabled: Type.Boolean(),
  permissions: answer({ project_access: ACCESS, group_access: ACCESS }),
});

export const NEWEST_PIPELINE = shape('NewestPipeline', {
  ...BASIC_PIPELINE.properties,
  title: Type.String({ description: 'first line of the commit' }),
  cleanups: CLEANUPS,
});
export type NewestPipeline = Static<typeof NEWEST_PIPELINE>;

export const LISTED_PROJECT = shape('ListedProject', {
  ...PROJECT.properties,
  newest_pipeline: nullable(NEWEST_PIPELINE, 'child pipelines left out; null: there is none yet'),
});

/** What may be said of a project, when it is made and later. */
const SETTINGS = {
  name: Type.Optional(words(255)),
  description: Type.Optional(nullable(words(2_000))),
  visibility: Type.Optional(VISIBILITY),
  default_branch: Type.Optional(words(255)),
  ci_config_path: Type.Optional(nullable(words(255))),
  build_timeout: Type.Optional(Type.Integer({ minimum: 600, maximum: 31 * 24 * 3600, description: 's' })),
  build_git_strategy: Type.Optional(Type.Enum(['fetch', 'clone'])),
  ci_default_git_depth: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000 })),
  auto_cancel_pending_pipelines: Type.Optional(Type.Enum(['enabled', 'disabled'])),
  shared_runners_enabled: Type.Optional(Type.Boolean()),
};

export const NEW_PROJECT = Type.Object({
  ...SETTINGS,
  path: Type.Optional(words(255)),
  namespace_id: Type.Optional(ID),
});
export const CHANGED_PROJECT = Type.Object(SETTINGS);
