import type { ColumnType, Generated } from 'kysely';

interface TagSetsRow {
  id: Generated<number>;
  tags: string;
}

interface LanesRow {
  id: Generated<number>;
  project_id: number;
  tag_set_id: number;
  is_protected: number;
  is_graceful: number;
  kind: string;
}

interface QueueRow {
  job_id: number;
  lane_id: number;
  pipeline_id: number;
  since: number;
  reserved_until: number;
  reservation: string | null;
}

interface RunnersRow {
  id: Generated<number>;
  kind: string;
  token_hash: string;
  description: string;
  tags: string;
  run_untagged: number;
  is_protected: number;
  is_locked: number;
  is_paused: number;
  maximum_timeout_s: number | null;
  maintenance_note: string | null;
  created_by: number | null;
  created_at: number;
  contacted_at: number | null;
  token_expires_at: number | null;
}

interface RunnerProjectsRow {
  runner_id: number;
  project_id: number;
}

interface RunnerManagersRow {
  id: Generated<number>;
  runner_id: number;
  system_id: string;
  features: string;
  info: string;
  ip: string | null;
  created_at: number;
  contacted_at: number;
  quarantine: string | null;
  released: string | null;
}

interface LogsRow {
  job_id: number;
  project_id: number;
  state: string;
  place: string;
  size: number;
  kept: number;
  attempt: number;
  attempt_start: number;
  crc: number;
  resend: number;
  resends: number;
  searched: number;
  checksum: string | null;
  updated_at: number;
  newlines: number | null;
  is_open: ColumnType<number, number | undefined, number>;
}

interface LogMarksRow {
  job_id: number;
  block: number;
  newlines: number;
  has_section: number;
}

interface LogChunksRow {
  job_id: number;
  start: number;
  bytes: Uint8Array;
}

interface ArtifactsRow {
  id: Generated<number>;
  job_id: number;
  project_id: number;
  type: string;
  format: string;
  filename: string;
  size: number;
  checksum: string;
  blob: string;
  is_kept: number;
  access: string;
  created_at: number;
  expires_at: number | null;
}

interface DoomedBlobsRow {
  key: string;
  attempt_id: number | null;
  noted_at: number;
}

interface JobReportsRow {
  job_id: number;
  kind: string;
  body: string;
  created_at: number;
}

export interface WorkTables {
  tag_sets: TagSetsRow;
  lanes: LanesRow;
  queue: QueueRow;
  runners: RunnersRow;
  runner_projects: RunnerProjectsRow;
  runner_managers: RunnerManagersRow;
  logs: LogsRow;
  log_chunks: LogChunksRow;
  log_marks: LogMarksRow;
  artifacts: ArtifactsRow;
  doomed_blobs: DoomedBlobsRow;
  job_reports: JobReportsRow;
}
