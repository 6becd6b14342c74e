/** Pipelines, their jobs, and what follows from them: written by the pipeline's transaction, under the lock of the pipeline's row. */
export const pipelines = `
create table plans (hash {text} not null primary key, body {text} not null, created_at {int} not null {end};
create table pipelines (
  id {id}, project_id {int} not null, iid {int} not null, version {int} not null, status {text} not null, ref {text} not null, is_tag {int} not null,
  sha {text} not null, before_sha {text} not null, source {text} not null, user_id {int}, name {text}, plan_hash {text}, is_protected {int} not null,
  parent_pipeline_id {int}, parent_job_id {int}, on_new_commit {text} not null, cancel_request {text}, facts {text} not null, variables {text}, problems {text},
  created_at {int} not null, updated_at {int} not null, started_at {int}, finished_at {int},
  unique (project_id, iid)
{end};
create index pipelines_project on pipelines (project_id, id);
create index pipelines_updated on pipelines (project_id, updated_at, id);
create index pipelines_ref on pipelines (project_id, ref, id);
create index pipelines_sha on pipelines (project_id, sha, id);
create index pipelines_unfinished on pipelines (project_id, ref, is_tag, id)
  where status in ('created', 'waiting_for_resource', 'scheduled', 'manual', 'pending', 'running');
create index pipelines_status on pipelines (project_id, status, id);
create index pipelines_parent on pipelines (parent_pipeline_id);
create unique index pipelines_parent_job on pipelines (parent_job_id) where parent_job_id is not null;
create table jobs (
  id {id}, pipeline_id {int} not null, project_id {int} not null, number {int} not null, position {int} not null, name {text} not null, stage {text} not null,
  stage_index {int} not null, kind {text} not null, tags {text} not null, resource_group {text}, state {text} not null, status {text} not null, phase {text},
  attempt {int} not null, is_retried {int} not null, allow_failure {int} not null, is_owed {int} not null, cleanup_outcome {text}, failure_reason {text},
  exit_code {int}, coverage {text}, user_id {int}, runner_id {int}, manager_id {int}, variables {text}, created_at {int} not null, updated_at {int} not null, queued_at {int},
  started_at {int}, finished_at {int}, erased_at {int}, erased_by {int}, archive_expired_at {int},
  unique (pipeline_id, number)
{end};
create index jobs_project on jobs (project_id, id);
create index jobs_status on jobs (project_id, status, id);
create index jobs_name on jobs (project_id, name, id);
create index jobs_runner on jobs (runner_id, id) where runner_id is not null;
create index jobs_wanting on jobs (project_id, resource_group, status) where resource_group is not null;
create index jobs_owing on jobs (id) where is_owed = 1 and cleanup_outcome is null;
create index jobs_badly_cleaned on jobs (cleanup_outcome, id) where cleanup_outcome in ('failed', 'timed_out', 'skipped', 'lost');
create table settlements (
  job_id {int} not null primary key, user_id {int}, user_name {text} not null, reason {text} not null, settled_at {int} not null
{end};
create table attempts (
  id {id}, job_id {int} not null, pipeline_id {int} not null, project_id {int} not null, attempt {int} not null, kind {text} not null, token_hash {text} not null unique,
  runner_id {int} not null, manager_id {int}, features {text} not null, lease_until {int} not null, contacted_at {int}, created_at {int} not null, ended_at {int},
  unique (job_id, attempt)
{end};
create index attempts_lease on attempts (lease_until) where ended_at is null;
create index attempts_silent on attempts (created_at) where ended_at is null and contacted_at is null;
create index attempts_open on attempts (project_id) where ended_at is null;
create index attempts_runner on attempts (runner_id, manager_id) where ended_at is null;
create table wakes (job_id {int} not null primary key, pipeline_id {int} not null, at {int} not null {end};
create index wakes_due on wakes (at);
create table outbox (
  id {id}, kind {text} not null, project_id {int}, pipeline_id {int}, job_id {int}, body {text} not null, created_at {int} not null, due_at {int} not null,
  tries {int} not null, reservation {text}, last_error {text}
{end};
create index outbox_due on outbox (due_at, id);
create table resource_groups (
  id {id}, project_id {int} not null, key {text} not null, mode {text} not null, created_at {int} not null, unique (project_id, key)
{end};
create table resource_holders (
  group_id {int} not null, job_id {int} not null unique, pipeline_id {int} not null, is_holding {int} not null, since {int} not null, primary key (group_id, job_id)
{end};
create unique index resource_holder on resource_holders (group_id) where is_holding = 1;
`;
