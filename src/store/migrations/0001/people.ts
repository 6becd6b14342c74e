/** Who may do what, and projects. Times are UTC ms, truth is 0 or 1, names ending in `_hash` are SHA-256 in hex. */
export const people = `
create table users (
  id {id}, username {text} not null, name {text} not null, email {text} not null, password_hash {text},
  is_admin {int} not null, state {text} not null, created_at {int} not null, last_sign_in_at {int}
{end};
create unique index users_name on users (lower(username));
create table sessions (
  id {id}, token_hash {text} not null unique, user_id {int} not null, csrf {text} not null, created_at {int} not null, expires_at {int} not null,
  last_used_at {int} not null, ip {text} not null, user_agent {text} not null
{end};
create index sessions_user on sessions (user_id);
create index sessions_expiry on sessions (expires_at);
create table sign_in_links (
  id {id}, token_hash {text} not null unique, user_id {int} not null, created_at {int} not null, expires_at {int} not null, used_at {int}
{end};
create table tokens (
  id {id}, kind {text} not null, token_hash {text} not null unique, user_id {int}, project_id {int}, name {text} not null, scopes {text} not null,
  role {int}, created_at {int} not null, expires_at {int}, revoked_at {int}, last_used_at {int}
{end};
create index tokens_user on tokens (user_id);
create index tokens_project on tokens (project_id, kind);
create table members (
  source {text} not null, source_id {int} not null, user_id {int} not null, role {int} not null, created_at {int} not null, expires_at {int},
  primary key (source, source_id, user_id)
{end};
create index members_user on members (user_id);
create table namespaces (
  id {id}, path {text} not null, name {text} not null, kind {text} not null, owner_id {int}, created_at {int} not null
{end};
create unique index namespaces_path on namespaces (lower(path));
create table projects (
  id {id}, namespace_id {int} not null, path {text} not null, full_path {text} not null, name {text} not null, description {text} not null,
  visibility {text} not null, default_branch {text}, ci_config_path {text} not null, shared_runners {int} not null, archived {int} not null, settings {text} not null,
  last_iid {int} not null, created_by {int}, created_at {int} not null, updated_at {int} not null, deleted_at {int}
{end};
create unique index projects_path on projects (lower(full_path));
create index projects_namespace on projects (namespace_id);
create table protected_refs (
  id {id}, project_id {int} not null, kind {text} not null, pattern {text} not null, push_role {int} not null, merge_role {int} not null,
  unique (project_id, kind, pattern)
{end};
create table variables (
  id {id}, scope {text} not null, owner_id {int} not null, key {text} not null, environment_scope {text} not null, value {text} not null, kind {text} not null,
  is_protected {int} not null, is_masked {int} not null, is_hidden {int} not null, is_raw {int} not null, description {text},
  unique (scope, owner_id, key, environment_scope)
{end};
create table refs_seen (
  project_id {int} not null, ref {text} not null, sha {text} not null, updated_at {int} not null, primary key (project_id, ref)
{end};
create table expected_pushes (id {id}, project_id {int} not null, user_id {int} not null, sealed {text} not null, created_at {int} not null {end};
create index expected_pushes_project on expected_pushes (project_id);
create table audit (
  id {id}, at {int} not null, user_id {int}, user_name {text} not null, action {text} not null, target_kind {text} not null, target_id {text} not null,
  project_id {int}, details {text} not null, ip {text}
{end};
create index audit_project on audit (project_id, id);
create table sweeps (name {text} not null primary key, began_at {int} not null {end};
`;
