import { createHash } from 'node:crypto';
import { buildPayload, type JobFacts, predefinedVariables, type ServedFacts } from '../../../payload/index.ts';
import {
  expandText,
  expandVariables,
  FAILURE_REASONS,
  type JobPayload,
  plainVariable,
  type Variable,
} from '../../../protocol/index.ts';
import type { Parts } from '../../parts.ts';
import { projectCiSettings } from '../../pipelines/create/project-settings.ts';
import { scopedVariables } from '../../pipelines/create/scoped-variables.ts';
import { pipelineFactsOf, type StoredFacts } from '../../pipelines/create/stored-facts.ts';
import type { RunnerAsking } from '../hand-out-types.ts';
import type { Gathered } from './gather.ts';

/** The payload of one attempt, whole. */
export function makePayload(
  { base, version, clock }: Pick<Parts, 'base' | 'version' | 'clock'>,
  gathered: Gathered,
  runner: RunnerAsking,
  token: string,
): JobPayload {
  const { pipeline, project, planned, job, jobId } = gathered;
  const predefined = predefinedOf(gathered, { base, version });
  const facts: JobFacts = {
    id: jobId,
    cleanupKey: cleanupKey(gathered),
    pipelineId: pipeline.id,
    job: planned,
    repository: repositoryUrl(base, project.fullPath, token),
    project: { id: project.id, name: project.path, path: project.fullPath },
    git: {
      ref: pipeline.ref,
      refType: pipeline.isTag ? 'tag' : 'branch',
      sha: pipeline.sha,
      beforeSha: pipeline.beforeSha,
    },
    predefined,
    given: gathered.given,
    dotenv: gathered.dependencies.flatMap(({ dotenv }) =>
      (dotenv?.variables ?? []).map(({ key, value }) => plainVariable(key, value, { raw: false })),
    ),
    dependencies: gathered.dependencies.map(({ id, name, archive }) => ({
      id,
      name,
      token,
      ...(archive === null ? {} : { artifacts_file: { filename: archive.filename, size: archive.sizeBytes } }),
    })),
    retryCount: job.earlierRetries,
    startedAt: clock.now(),
    served: servedFacts({ base, clock }, gathered, runner, { token, predefined }),
  };
  return buildPayload(facts);
}

/** Those that every job of its pipeline gets. */
export function predefinedOf({ pipeline }: Gathered, server: Pick<Parts, 'base' | 'version'>): readonly Variable[] {
  const facts = pipelineFactsOf(pipeline, pipeline.facts as StoredFacts, server);
  return Object.entries(predefinedVariables(facts)).map(([key, value]) => plainVariable(key, value, { raw: true }));
}

function servedFacts(
  { base, clock }: Pick<Parts, 'base' | 'clock'>,
  gathered: Gathered,
  runner: RunnerAsking,
  { token, predefined }: { readonly token: string; readonly predefined: readonly Variable[] },
): ServedFacts {
  const { pipeline, project, planned, job, jobId, user } = gathered;
  const { state } = job;
  const settings = projectCiSettings(project);
  const { features, description, maximumTimeoutS } = runner.info;
  return {
    pipelineIid: pipeline.iid,
    token,
    jobUrl: `${base}/${project.fullPath}/-/jobs/${jobId}`,
    pipelineUrl: `${base}/${project.fullPath}/-/pipelines/${pipeline.id}`,
    sources: {
      depth: settings.gitDepth,
      mayFetch: settings.gitStrategy === 'fetch',
      objectFormat: pipeline.sha.length === 64 ? 'sha256' : 'sha1',
      isProtected: pipeline.isProtected,
    },
    configured: scopedVariables(gathered.configured, {
      isProtected: pipeline.isProtected,
      environment: environmentOf(gathered, predefined),
    }),
    runner: { id: runner.runnerId, description, tags: runner.fit.tags },
    user,
    namespaces: { own: project.namespaceId, root: gathered.rootNamespaceId },
    besides: runner.fit.projects === 'shared' ? gathered.runningOnInstanceRunners : null,
    timeout: Math.min(
      planned.timeoutMs === null ? settings.buildTimeout : Math.ceil(planned.timeoutMs / 1000),
      maximumTimeoutS ?? Number.POSITIVE_INFINITY,
    ),
    queuedSeconds: state.queuedAt === null ? 0 : Math.max(0, clock.now() - state.queuedAt) / 1000,
    hasGracefulSteps: features.has('graceful_steps'),
    failureReasons: FAILURE_REASONS,
    cleanup:
      state.handOut === 'cleanup_offered'
        ? {
            attempt: state.cleanupHandOuts + 2,
            cause: state.cause ?? 'runner_lost',
            exitCode: state.exitCode,
            requestedBy: state.cancelRequest?.by ?? null,
          }
        : null,
  };
}

/** Its name, expanded with what is known before variables that are for this environment alone. */
export function environmentOf(
  { planned, configured, given, pipeline }: Gathered,
  predefined: readonly Variable[],
): string | null {
  if (planned.environment === null) return null;
  const common = scopedVariables(configured, { isProtected: pipeline.isProtected, environment: null });
  const { values } = expandVariables([...predefined, ...planned.variables, ...common, ...given]);
  return expandText(planned.environment.name, (name) => values.get(name));
}

/** The same for every attempt at the job's cleanup, and unlike that of any job of another database. */
function cleanupKey({ database, jobId }: Gathered): string {
  return createHash('sha256').update(`${database} ${jobId}`).digest('hex').slice(0, 32);
}

function repositoryUrl(base: string, path: string, token: string): string {
  const url = new URL(base);
  url.username = 'gitlab-ci-token';
  url.password = token;
  return `${url.href.replace(/\/$/, '')}/${path}.git`;
}
