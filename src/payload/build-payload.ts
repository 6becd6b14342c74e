import { environmentSlug, slugify } from '../compile/index.ts';
import {
  expandText,
  expandVariables,
  type JobPayload,
  type PayloadArtifact,
  type PayloadHook,
  type PayloadImage,
  type PlannedJob,
  type PlanVariable,
  type Variable,
} from '../protocol/index.ts';
import type { JobFacts } from './facts.ts';

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
    variables: payloadVariables(facts),
    steps: payloadSteps(job, timeout),
    hooks: payloadHooks(job),
    image: job.image === null ? null : payloadImage(job.image),
    services: job.services.map((service) => ({
      ...payloadImage(service),
      alias: service.alias,
      command: service.command,
      variables: service.variables.map(wireVariable),
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

/** Later ones win; the order is GitLab's. */
function payloadVariables(facts: JobFacts): Variable[] {
  const { job } = facts;
  const own: PlanVariable[] = [
    known('CI_PIPELINE_ID', String(facts.pipelineId)),
    known('CI_PIPELINE_IID', String(facts.pipelineId)),
    known('CI_JOB_ID', String(facts.id)),
    known('CI_JOB_STARTED_AT', new Date(facts.startedAt).toISOString()),
    known('CI_JOB_NAME', job.name),
    known('CI_JOB_NAME_SLUG', slugify(job.name)),
    known('CI_JOB_GROUP_NAME', job.groupName),
    known('CI_JOB_STAGE', job.stage),
    known('CI_JOB_RETRY_COUNT', String(facts.retryCount)),
    known('CI_NODE_TOTAL', String(job.node?.total ?? 1)),
    ...(job.node === null ? [] : [known('CI_NODE_INDEX', String(job.node.index))]),
    ...(job.when === 'manual' ? [known('CI_JOB_MANUAL', 'true')] : []),
  ];
  const all = [...facts.predefined, ...own, ...job.variables, ...facts.dotenv, ...facts.given];
  return [...all, ...environmentVariables(job, all)].map(wireVariable);
}

/** Name and URL may hold any of the job's variables. */
function environmentVariables({ environment }: PlannedJob, variables: readonly PlanVariable[]): PlanVariable[] {
  if (environment === null) return [];
  const { values } = expandVariables(variables);
  const expand = (text: string) => expandText(text, (name) => values.get(name));
  const name = expand(environment.name);
  return [
    known('CI_ENVIRONMENT_NAME', name),
    known('CI_ENVIRONMENT_SLUG', environmentSlug(name)),
    known('CI_ENVIRONMENT_ACTION', environment.action),
    ...(environment.deploymentTier === null ? [] : [known('CI_ENVIRONMENT_TIER', environment.deploymentTier)]),
    ...(environment.url === null ? [] : [known('CI_ENVIRONMENT_URL', expand(environment.url))]),
  ];
}

/** Facts are taken literally: a branch may have a `$` in its name. */
function known(key: string, value: string): PlanVariable {
  return { key, value, raw: true };
}

function wireVariable(variable: PlanVariable): Variable {
  return { key: variable.key, value: variable.value, raw: variable.raw, public: true, masked: false, file: false };
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
