import { type Entry, entry } from './entry.ts';

const pipeline = () => import('../views/pipeline/pipeline.tsx');

/** Every address that has a view, the first that fits. Each view is a file of its own, loaded when it is gone to. */
export const TABLE: readonly Entry[] = [
  entry('/', () => import('../views/projects/projects.tsx')),

  entry('/projects/new', () => import('../views/start/new-project.tsx')),

  entry('/users/sign_in', () => import('../views/sign-in/sign-in.tsx')),

  entry('/-/user_settings/profile', () => import('../views/user-settings/profile.tsx')),

  entry('/-/user_settings/personal_access_tokens', () => import('../views/user-settings/tokens.tsx')),

  entry('/admin/projects', () => import('../views/admin-projects/admin-projects.tsx')),

  entry('/admin/obligations', () => import('../views/obligations/all-obligations.tsx')),

  entry('/admin/runners', () => import('../views/runners/admin-runners.tsx')),

  entry('/admin/users', () => import('../views/users/users.tsx')),

  entry('/admin/audit_log', () => import('../views/audit/admin-audit.tsx')),

  entry('/:project/-/pipelines', () => import('../views/pipelines/pipelines.tsx')),

  entry('/:project/-/pipelines/new', () => import('../views/new-pipeline/new-pipeline.tsx')),

  entry('/:project/-/pipelines/:pipeline', pipeline),

  entry('/:project/-/pipelines/:pipeline/builds', pipeline),

  entry('/:project/-/pipelines/:pipeline/failures', pipeline),

  entry('/:project/-/jobs', () => import('../views/jobs/jobs.tsx')),

  entry('/:project/-/jobs/:job', () => import('../views/job/job.tsx')),

  entry('/:project/-/jobs/:job/artifacts/browse/*', () => import('../views/artifacts/artifacts.tsx')),

  entry('/:project/-/ci/editor', () => import('../views/editor/editor.tsx')),

  entry('/:project/-/obligations', () => import('../views/obligations/obligations.tsx')),

  entry('/:project/-/runners', () => import('../views/runners/runners.tsx')),

  entry('/:project/-/settings/ci_cd', () => import('../views/settings/settings.tsx')),

  entry('/:project/-/settings/access_tokens', () => import('../views/user-settings/project-tokens.tsx')),

  entry('/:project/-/project_members', () => import('../views/members/members.tsx')),

  entry('/:project/-/audit_events', () => import('../views/audit/audit.tsx')),

  entry('/:project', () => import('../views/pipelines/pipelines.tsx')),
];
