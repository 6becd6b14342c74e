import type { Generated } from 'kysely';

interface PlansRow {
  hash: string;
  body: string;
  created_at: number;
}

interface PipelinesRow {
  id: Generated<number>;
  project_id: number;
  iid: number;
  version: number;
  status: string;
  ref: string;
  is_tag: number;
  sha: string;
  before_sha: string;
  source: string;
  user_id: number | null;
  name: string | null;
  plan_hash: string | null;
  is_protected: number;
  parent_pipeline_id: number | null;
  parent_job_id: number | null;
  on_new_commit: string;
  cancel_request: string | null;
  facts: string;
  variables: string | null;
  problems: string | null;
  created_at: number;
  updated_at: number;
  started_at: number | null;
  finished_at: number | null;
}

interface JobsRow {
  id: Generated<number>;
  pipeline_id: number;
  project_id: number;
  number: number;
  position: number;
  name: string;
  stage: string;
  stage_index: number;
  kind: string;
  tags: string;
  resource_group: string | null;
  state: string;
  status: string;
  phase: string | null;
  attempt: number;
  is_retried: number;
  allow_failure: number;
  is_owed: number;
  cleanup_outcome: string | null;
  failure_reason: string | null;
  exit_code: number | null;
  coverage: string | null;
  user_id: number | null;
  runner_id: number | null;
  manager_id: number | null;
  variables: string | null;
  created_at: number;
  updated_at: number;
  queued_at: number | null;
  started_at: number | null;
  finished_at: number | null;
  erased_at: number | null;
  archive_expired_at: number | null;
  erased_by: number | null;
  late_cleanup: string | null;
}

interface SettlementsRow {
  job_id: number;
  user_id: number | null;
  user_name: string;
  reason: string;
  settled_at: number;
}

interface AttemptsRow {
  id: Generated<number>;
  job_id: number;
  pipeline_id: number;
  project_id: number;
  attempt: number;
  kind: string;
  token_hash: string;
  runner_id: number;
  manager_id: number | null;
  features: string;
  lease_until: number;
  contacted_at: number | null;
  created_at: number;
  ended_at: number | null;
}

interface WakesRow {
  job_id: number;
  pipeline_id: number;
  at: number;
}

interface OutboxRow {
  id: Generated<number>;
  kind: string;
  project_id: number | null;
  pipeline_id: number | null;
  job_id: number | null;
  body: string;
  created_at: number;
  due_at: number;
  tries: number;
  reservation: string | null;
  last_error: string | null;
}

interface ResourceGroupsRow {
  id: Generated<number>;
  project_id: number;
  key: string;
  mode: string;
  created_at: number;
}

interface ResourceHoldersRow {
  group_id: number;
  job_id: number;
  pipeline_id: number;
  is_holding: number;
  since: number;
}

export interface PipelinesTables {
  plans: PlansRow;
  pipelines: PipelinesRow;
  jobs: JobsRow;
  settlements: SettlementsRow;
  attempts: AttemptsRow;
  wakes: WakesRow;
  outbox: OutboxRow;
  resource_groups: ResourceGroupsRow;
  resource_holders: ResourceHoldersRow;
}
