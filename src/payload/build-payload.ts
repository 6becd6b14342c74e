import type { JobPayload, PayloadArtifact, PayloadHook, PayloadImage, PlannedJob } from '../protocol/index.ts';
import type { JobFacts } from './facts.ts';
import { jobVariables } from './job-variables.ts';

/** s; GitLab's default for a project. */
const DEFAULT_TIMEOUT = 3600;

/** The payload that a coordinator would hand out for this job. */
export function buildPayload(facts: JobFacts): JobPayload {
  const { job, git, project } = facts;
  const timeout = job.timeoutMs === null ? DEFAULT_TIMEOUT : job.timeoutMs / 1000;
  return {
    id: facts.id,
    cleanup_key: facts.cleanupKey,
    token: '',
    allow_git_fetch: false,
    job_info: {
      id: facts.id,
      name: job.name,
      stage: job.stage,
      pipeline_id: facts.pipelineId,
      project_id: project.id,
      project_name: project.name,
      project_full_path: project.path,
    },
    git_info: {
      repo_url: facts.repository,
      ref: git.ref,
      sha: git.sha,
      before_sha: git.beforeSha,
      ref_type: git.refType,
      refspecs: [],
      depth: 0,
    },
    runner_info: { timeout },
    variables: jobVariables(facts),
    steps: payloadSteps(job, timeout),
    hooks: payloadHooks(job),
    image: job.image === null ? null : payloadImage(job.image),
    services: job.services.map((service) => ({
      ...payloadImage(service),
      alias: service.alias,
      command: service.command,
      variables: service.variables,
    })),
    artifacts: payloadArtifacts(job),
    cache: job.cache.map((cache) => ({
      key: cache.key,
      untracked: cache.untracked,
      paths: cache.paths,
      policy: cache.policy,
      when: cache.when,
      fallback_keys: cache.fallbackKeys,
    })),
    dependencies: facts.dependencies,
    features: { trace_sections: true, failure_reasons: ['runner_interrupted'], token_mask_prefixes: [] },
  };
}

function payloadSteps(job: PlannedJob, timeout: number): JobPayload['steps'] {
  const script = {
    name: 'script',
    script: [...job.beforeScript, ...job.script],
    timeout,
    when: 'on_success',
    allow_failure: false,
  } as const;
  if (job.afterScript.length === 0) return [script];
  const when = job.interruptible === 'graceful' ? 'graceful' : 'always';
  return [script, { name: 'after_script', script: job.afterScript, timeout, when, allow_failure: true }];
}

function payloadHooks(job: PlannedJob): PayloadHook[] {
  const { preGetSourcesScript, preStopK8sContainerHandler } = job.hooks;
  return [
    ...(preGetSourcesScript.length === 0
      ? []
      : [{ name: 'pre_get_sources_script' as const, script: preGetSourcesScript }]),
    ...(preStopK8sContainerHandler === null
      ? []
      : [{ name: 'pre_stop_k8s_container_handler' as const, script: [], handler: preStopK8sContainerHandler }]),
  ];
}

function payloadImage(image: NonNullable<PlannedJob['image']>): PayloadImage {
  const { name, entrypoint, pullPolicy, executorOpts } = image;
  return { name, entrypoint, pull_policy: pullPolicy, executor_opts: executorOpts };
}

/** One upload for the archive, one for each report. */
function payloadArtifacts(job: PlannedJob): PayloadArtifact[] | null {
  const { artifacts } = job;
  if (artifacts === null) return null;
  const { paths, untracked, exclude, when } = artifacts;
  const common = { exclude, expire_in: artifacts.expireIn };
  const archive: PayloadArtifact = {
    ...common,
    name: artifacts.name ?? 'artifacts',
    untracked,
    paths,
    when,
    artifact_type: 'archive',
    artifact_format: 'zip',
  };
  const reports = Object.entries(artifacts.reports).map(
    ([type, reportPaths]): PayloadArtifact => ({
      ...common,
      name: type === 'dotenv' ? '.env' : type,
      untracked: false,
      paths: reportPaths,
      when: 'always',
      artifact_type: type,
      artifact_format: 'gzip',
    }),
  );
  return paths.length > 0 || untracked ? [archive, ...reports] : reports;
}
