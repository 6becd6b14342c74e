/** The queue, runners, and what runners leave: logs, artifacts, reports. */
export const work = `
create table tag_sets (id {id}, tags {text} not null unique {end};
create table lanes (
  id {id}, project_id {int} not null, tag_set_id {int} not null, is_protected {int} not null, is_graceful {int} not null, kind {text} not null,
  unique (tag_set_id, kind, is_protected, is_graceful, project_id)
{end};
create index lanes_project on lanes (project_id);
create table queue (
  job_id {int} not null primary key, lane_id {int} not null, pipeline_id {int} not null, since {int} not null, reserved_until {int} not null, reservation {text}
{end};
create index queue_lane on queue (lane_id, since, job_id);
create index queue_since on queue (since, job_id);
create table runners (
  id {id}, kind {text} not null, token_hash {text} not null unique, description {text} not null, tags {text} not null, run_untagged {int} not null,
  is_protected {int} not null, is_locked {int} not null, is_paused {int} not null, maximum_timeout_s {int}, maintenance_note {text}, created_by {int},
  created_at {int} not null, contacted_at {int}, token_expires_at {int}
{end};
create table runner_projects (
  runner_id {int} not null, project_id {int} not null, primary key (runner_id, project_id)
{end};
create index runner_projects_project on runner_projects (project_id);
create table runner_managers (
  id {id}, runner_id {int} not null, system_id {text} not null, features {text} not null, info {text} not null, ip {text}, created_at {int} not null,
  contacted_at {int} not null, unique (runner_id, system_id)
{end};
create table logs (
  job_id {int} not null primary key, project_id {int} not null, state {text} not null, place {text} not null, size {int} not null, kept {int} not null,
  attempt {int} not null, attempt_start {int} not null, crc {int} not null, resend {int} not null, resends {int} not null, searched {int} not null, checksum {text}, updated_at {int} not null
{end};
create index logs_growing on logs (job_id) where state = 'growing';
create table log_chunks (
  job_id {int} not null, start {int} not null, bytes {bytes} not null, primary key (job_id, start)
{end};
create table doomed_blobs (
  key {text} not null primary key, attempt_id {int}, noted_at {int} not null
{end};
create table artifacts (
  id {id}, job_id {int} not null, project_id {int} not null, type {text} not null, format {text} not null, filename {text} not null, size {int} not null,
  checksum {text} not null, blob {text} not null, is_kept {int} not null, access {text} not null, created_at {int} not null, expires_at {int},
  unique (job_id, type)
{end};
create index artifacts_expiry on artifacts (expires_at) where expires_at is not null and is_kept = 0;
create index artifacts_project on artifacts (project_id);
create table job_reports (
  job_id {int} not null, kind {text} not null, body {text} not null, created_at {int} not null, primary key (job_id, kind)
{end};
`;
