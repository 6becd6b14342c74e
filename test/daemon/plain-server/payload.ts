/** What is special about a job; everything else is as GitLab would have it. */
export interface PayloadChanges {
  /** `before_script` and `script`. Default: `echo hello`. */
  readonly script?: readonly string[];
  /** Default: none. */
  readonly afterScript?: readonly string[];
  /** Beside those that GitLab sets. Without `GIT_STRATEGY` here there are no sources. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly masked?: Readonly<Record<string, string>>;
  /** s. Default: 3,600. */
  readonly timeout?: number;
  readonly name?: string;
  /** Archive of these paths, kept `always`. */
  readonly artifactPaths?: readonly string[];
  /** Jobs of this server whose archive is brought. */
  readonly dependencies?: readonly { readonly id: number; readonly token: string; readonly name?: string }[];
  /** Any of the payload's own keys, in place of what would be there. */
  readonly payload?: Readonly<Record<string, unknown>>;
}

interface Means {
  readonly id: number;
  readonly token: string;
  readonly url: string;
}

/** The 201 body of `jobs/request`, with the keys and types that GitLab sends. */
export function makePayload({ id, token, url }: Means, changes: PayloadChanges): Readonly<Record<string, unknown>> {
  const { name = `job${id}`, timeout = 3_600, script = ['echo hello'], afterScript = [], artifactPaths } = changes;
  const steps = [
    step('script', script, timeout, { when: 'on_success', allow_failure: false }),
    ...(afterScript.length === 0
      ? []
      : [step('after_script', afterScript, timeout, { when: 'always', allow_failure: true })]),
  ];
  return {
    id,
    token,
    allow_git_fetch: true,
    job_info: jobInfo(id, name),
    git_info: gitInfo(url, token),
    runner_info: { timeout, runner_session_url: null },
    variables: variablesOf({ id, token, url }, { ...changes, name }),
    steps,
    hooks: [],
    image: null,
    services: [],
    artifacts: artifactPaths === undefined ? [] : [archiveOf(artifactPaths)],
    cache: [],
    credentials: [],
    dependencies: (changes.dependencies ?? []).map((dependency) => ({
      name: `job${dependency.id}`,
      ...dependency,
      artifacts_file: { filename: 'artifacts.zip', size: 200 },
    })),
    features: { trace_sections: true, token_mask_prefixes: ['glpat-'], failure_reasons: FAILURE_REASONS },
    secrets: {},
    ...changes.payload,
  };
}

function step(name: string, script: readonly string[], timeout: number, more: object): object {
  return { name, script, timeout, ...more };
}

function jobInfo(id: number, name: string): object {
  return {
    id,
    name,
    stage: 'test',
    pipeline_id: PIPELINE,
    project_id: 42,
    project_name: 'demo',
    project_full_path: 'grp/demo',
    namespace_id: 1,
    root_namespace_id: 1,
    organization_id: 1,
    user_id: 1,
    time_in_queue_seconds: 1.5,
    project_jobs_running_on_instance_runners_count: '0',
  };
}

function gitInfo(url: string, token: string): object {
  return {
    repo_url: `${url.replace('://', `://gitlab-ci-token:${token}@`)}/grp/demo.git`,
    repo_object_format: 'sha1',
    ref: 'main',
    sha: '0'.repeat(40),
    before_sha: '0'.repeat(40),
    ref_type: 'branch',
    refspecs: [`+refs/pipelines/${PIPELINE}:refs/pipelines/${PIPELINE}`, '+refs/heads/main:refs/remotes/origin/main'],
    depth: 20,
    protected: true,
  };
}

function variablesOf({ id, token, url }: Means, { name, variables, masked = {} }: PayloadChanges): object[] {
  const open = {
    CI: 'true',
    GITLAB_CI: 'true',
    CI_JOB_ID: String(id),
    CI_JOB_NAME: name ?? '',
    CI_JOB_STAGE: 'test',
    CI_PIPELINE_ID: String(PIPELINE),
    CI_SERVER_URL: url,
    CI_API_V4_URL: `${url}/api/v4`,
    CI_PROJECT_ID: '42',
    CI_PROJECT_NAME: 'demo',
    CI_PROJECT_PATH: 'grp/demo',
    CI_COMMIT_REF_NAME: 'main',
    CI_CONFIG_PATH: '.gitlab-ci.yml',
    GIT_STRATEGY: 'none',
    ...variables,
  };
  const entry = (key: string, value: string, isMasked: boolean) => ({
    key,
    value,
    public: !isMasked,
    file: false,
    masked: isMasked,
    raw: false,
  });
  return [
    ...Object.entries({ CI_JOB_TOKEN: token, ...masked }).map(([key, value]) => entry(key, value, true)),
    ...Object.entries(open).map(([key, value]) => entry(key, value, false)),
  ];
}

function archiveOf(paths: readonly string[]): object {
  return {
    name: 'artifacts',
    untracked: false,
    paths,
    exclude: [],
    when: 'always',
    expire_in: '1 day',
    artifact_type: 'archive',
    artifact_format: 'zip',
  };
}

const PIPELINE = 1_000;

/** Those that the recorded server listed: no `runner_interrupted` among them. */
const FAILURE_REASONS = [
  'unknown_failure',
  'script_failure',
  'api_failure',
  'stuck_or_timeout_failure',
  'runner_system_failure',
  'missing_dependency_failure',
  'runner_unsupported',
  'stale_schedule',
  'job_execution_timeout',
  'archived_failure',
  'unmet_prerequisites',
  'scheduler_failure',
  'data_integrity_failure',
  'forward_deployment_failure',
  'user_blocked',
  'project_deleted',
  'ci_quota_exceeded',
  'no_matching_runner',
  'trace_size_exceeded',
  'builds_disabled',
  'environment_creation_failure',
  'job_canceled',
  'image_pull_failure',
  'configuration_error',
];
