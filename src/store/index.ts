/*
 * Everything that knows the database. Start with store.ts (what it promises), then docs/store.md.
 *
 * connection/  what SQLite and PostgreSQL have in common          sqlite/, postgres/  the two engines
 * migrations/  the schema, as text for both                        schema/             the same as types
 * sealing/     secrets that have to be read back
 * and one folder a statement family: functions (tx, plain values) → plain values
 */
export type { ArtifactRecord, NewArtifact } from './artifacts/artifact-record.ts';
export * from './artifacts/artifacts.ts';
export * from './artifacts/doomed-blobs.ts';
export * from './artifacts/find-artifacts.ts';
export * from './artifacts/job-reports.ts';
export * from './attempts/attempts.ts';
export { type AuditEntry, appendAudit, listAudit, type NewAuditEntry } from './audit/audit.ts';
export { forgetReservations } from './effects/forget-reservations.ts';
export * from './effects/outbox.ts';
export * from './effects/wakes.ts';
export * from './jobs/find-jobs.ts';
export type { StoredState } from './jobs/job-columns.ts';
export type { JobRecord, LateCleanup, NewJob } from './jobs/job-record.ts';
export { ANY_JOB, countJobs, type JobFilter, listJobs } from './jobs/list-jobs.ts';
export * from './jobs/obligations.ts';
export {
  insertJobs,
  type JobChange,
  setJobCoverage,
  setJobErased,
  setJobRunner,
  setJobUser,
  setJobVariables,
  setLateCleanup,
  updateJobs,
} from './jobs/write-jobs.ts';
export * from './logs/log-chunks.ts';
export * from './logs/log-marks.ts';
export * from './logs/logs.ts';
export { openStore, type StoreOptions } from './open-store.ts';
export * from './people/members.ts';
export * from './people/sessions.ts';
export * from './people/sign-in-links.ts';
export * from './people/tokens.ts';
export {
  countUsers,
  findUser,
  findUserByName,
  insertUser,
  listUsers,
  type NewUser,
  noteSignIn,
  type UserChange,
  type UserFilter,
  type UserRecord,
  updateUser,
} from './people/users.ts';
export * from './pipelines/delete-pipeline.ts';
export * from './pipelines/find-pipeline.ts';
export * from './pipelines/hierarchy.ts';
export * from './pipelines/list-pipelines.ts';
export * from './pipelines/newest-pipelines.ts';
export * from './pipelines/older-pipelines.ts';
export type { NewPipeline, PipelineRecord } from './pipelines/pipeline-record.ts';
export * from './pipelines/plans.ts';
export * from './pipelines/project-for-pipelines.ts';
export * from './pipelines/user-for-pipelines.ts';
export * from './pipelines/variables-for-pipelines.ts';
export { insertPipeline, lockPipeline, type PipelineChange, updatePipeline } from './pipelines/write-pipeline.ts';
export * from './projects/find-projects.ts';
export * from './projects/namespaces.ts';
export type { NewProject, ProjectRecord, ProjectSettings, Visibility } from './projects/project-record.ts';
export * from './projects/protected-refs.ts';
export * from './projects/write-projects.ts';
export * from './queue/lanes.ts';
export * from './queue/neglected-lanes.ts';
export * from './queue/queue.ts';
export * from './queue/reserve.ts';
export * from './refs-seen/expected-pushes.ts';
export * from './refs-seen/ref-moves.ts';
export * from './refs-seen/refs-seen.ts';
export * from './resources/resource-groups.ts';
export * from './runners/find-runners.ts';
export * from './runners/quarantines.ts';
export * from './runners/registration-tokens.ts';
export * from './runners/runner-managers.ts';
export type { NewRunner, RunnerKind, RunnerRecord, RunnerSettings } from './runners/runner-record.ts';
export * from './runners/write-runners.ts';
export type { Page } from './schema/page.ts';
export type { Db, Hint, HintKind, HintListener, Store, Tx } from './store.ts';
export type { StoreFailureCode } from './store-failure.ts';
export { elect, forgetElection } from './sweeps/elect.ts';
export * from './variables/variables.ts';
export * from './views/check-views.ts';
export { type LoadFigures, readLoadFigures } from './views/load-figures.ts';
export * from './views/people-views.ts';
export * from './views/pipeline-rows.ts';
export * from './views/pipeline-sums.ts';
export * from './views/work-views.ts';
