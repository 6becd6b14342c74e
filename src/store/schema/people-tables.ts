import type { Generated } from 'kysely';

interface UsersRow {
  id: Generated<number>;
  username: string;
  name: string;
  email: string;
  password_hash: string | null;
  is_admin: number;
  state: string;
  created_at: number;
  last_sign_in_at: number | null;
}

interface SessionsRow {
  id: Generated<number>;
  token_hash: string;
  user_id: number;
  csrf: string;
  created_at: number;
  expires_at: number;
  last_used_at: number;
  ip: string;
  user_agent: string;
}

interface SignInLinksRow {
  id: Generated<number>;
  token_hash: string;
  user_id: number;
  created_at: number;
  expires_at: number;
  used_at: number | null;
}

interface TokensRow {
  id: Generated<number>;
  kind: string;
  token_hash: string;
  user_id: number | null;
  project_id: number | null;
  name: string;
  scopes: string;
  role: number | null;
  created_at: number;
  expires_at: number | null;
  revoked_at: number | null;
  last_used_at: number | null;
}

interface MembersRow {
  source: string;
  source_id: number;
  user_id: number;
  role: number;
  created_at: number;
  expires_at: number | null;
}

interface NamespacesRow {
  id: Generated<number>;
  path: string;
  name: string;
  kind: string;
  owner_id: number | null;
  created_at: number;
}

interface ProjectsRow {
  id: Generated<number>;
  namespace_id: number;
  path: string;
  full_path: string;
  name: string;
  description: string;
  visibility: string;
  default_branch: string | null;
  ci_config_path: string;
  shared_runners: number;
  archived: number;
  settings: string;
  last_iid: number;
  created_by: number | null;
  created_at: number;
  updated_at: number;
  deleted_at: number | null;
}

interface ProtectedRefsRow {
  id: Generated<number>;
  project_id: number;
  kind: string;
  pattern: string;
  push_role: number;
  merge_role: number;
}

interface VariablesRow {
  id: Generated<number>;
  scope: string;
  owner_id: number;
  key: string;
  environment_scope: string;
  value: string;
  kind: string;
  is_protected: number;
  is_masked: number;
  is_hidden: number;
  is_raw: number;
  description: string | null;
}

interface RefsSeenRow {
  project_id: number;
  ref: string;
  sha: string;
  updated_at: number;
}

interface ExpectedPushesRow {
  id: Generated<number>;
  project_id: number;
  user_id: number;
  sealed: string;
  created_at: number;
}

interface AuditRow {
  id: Generated<number>;
  at: number;
  user_id: number | null;
  user_name: string;
  action: string;
  target_kind: string;
  target_id: string;
  project_id: number | null;
  details: string;
  ip: string | null;
}

interface SweepsRow {
  name: string;
  began_at: number;
}

export interface PeopleTables {
  users: UsersRow;
  sessions: SessionsRow;
  sign_in_links: SignInLinksRow;
  tokens: TokensRow;
  members: MembersRow;
  namespaces: NamespacesRow;
  projects: ProjectsRow;
  protected_refs: ProtectedRefsRow;
  variables: VariablesRow;
  refs_seen: RefsSeenRow;
  expected_pushes: ExpectedPushesRow;
  audit: AuditRow;
  sweeps: SweepsRow;
}
