import type { JobPayload, PayloadHook, PayloadImage, PlannedJob } from '../protocol/index.ts';
import type { JobFacts, ServedFacts } from './facts.ts';
import { jobVariables } from './job-variables.ts';
import { payloadArtifacts } from './payload-artifacts.ts';
import { payloadSources } from './payload-sources.ts';

/** s; GitLab's default for a project. */
const DEFAULT_TIMEOUT = 3600;

/** The payload that a coordinator hands out for this job; a local run makes its own the same way. */
export function buildPayload(facts: JobFacts): JobPayload {
  const { job, project, served } = facts;
  const timeout = served?.timeout ?? (job.timeoutMs === null ? DEFAULT_TIMEOUT : job.timeoutMs / 1000);
  const variables = jobVariables(facts);
  return {
    id: facts.id,
    cleanup_key: facts.cleanupKey,
    token: served?.token ?? '',
    allow_git_fetch: served?.sources.mayFetch ?? false,
    job_info: {
      id: facts.id,
      name: job.name,
      stage: job.stage,
      pipeline_id: facts.pipelineId,
      project_id: project.id,
      project_name: project.name,
      project_full_path: project.path,
      ...(served === null ? {} : servedInfo(served)),
    },
    git_info: payloadSources(facts, variables),
    runner_info: { timeout },
    variables,
    steps: payloadSteps(job, timeout, served?.hasGracefulSteps ?? true),
    hooks: payloadHooks(job),
    image: job.image === null ? null : payloadImage(job.image),
    services: job.services.map((service) => ({
      ...payloadImage(service),
      alias: service.alias,
      command: service.command,
      variables: service.variables,
    })),
    artifacts: payloadArtifacts(job),
    cache: payloadCache(facts),
    dependencies: facts.dependencies,
    features: {
      trace_sections: true,
      failure_reasons: served?.failureReasons ?? ['runner_interrupted'],
      token_mask_prefixes: [],
    },
    ...(served === null ? {} : { credentials: [], secrets: {} }),
    ...cleanupOnly(facts),
  };
}

/** As GitLab: there is one organization, and beyond some jobs it is only said that there are more. */
const ORGANIZATION = 1;
const MOST_COUNTED = 5;

function servedInfo({ user, namespaces, queuedSeconds, besides }: ServedFacts): Partial<JobPayload['job_info']> {
  return {
    user_id: user?.id ?? null,
    namespace_id: namespaces.own,
    root_namespace_id: namespaces.root,
    organization_id: ORGANIZATION,
    time_in_queue_seconds: queuedSeconds,
    project_jobs_running_on_instance_runners_count:
      besides === null ? '+Inf' : besides < MOST_COUNTED ? String(besides) : `${MOST_COUNTED}+`,
  };
}

function cleanupOnly({ served }: JobFacts): Partial<JobPayload> {
  if (served === null || served.cleanup === null) return {};
  const { attempt, cause, exitCode, requestedBy } = served.cleanup;
  return {
    teardown_only: true,
    cleanup_attempt: attempt,
    teardown: { cause, exit_code: exitCode, requested_by: requestedBy },
  };
}

/** What a protected branch caches no other may fill, as in GitLab. */
function payloadCache({ job, served }: JobFacts): JobPayload['cache'] {
  const suffix = served === null ? '' : served.sources.isProtected ? '-protected' : '-non_protected';
  return job.cache.map((cache) => ({
    key: cache.key + suffix,
    untracked: cache.untracked,
    paths: cache.paths,
    policy: cache.policy,
    when: cache.when,
    fallback_keys: cache.fallbackKeys.map((key) => key + suffix),
  }));
}

function payloadSteps(job: PlannedJob, timeout: number, knowsGraceful: boolean): JobPayload['steps'] {
  const script = {
    name: 'script',
    script: [...job.beforeScript, ...job.script],
    timeout,
    when: 'on_success',
    allow_failure: false,
  } as const;
  if (job.afterScript.length === 0) return [script];
  const when = job.interruptible === 'graceful' && knowsGraceful ? 'graceful' : 'always';
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
