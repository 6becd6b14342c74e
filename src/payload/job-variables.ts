import { environmentSlug, slugify } from '../compile/index.ts';
import {
  expandForRunner,
  expandText,
  expandVariables,
  type PlannedJob,
  plainVariable,
  type Variable,
} from '../protocol/index.ts';
import { deploymentTier } from './deployment-tier.ts';
import type { JobFacts } from './facts.ts';
import { instantText, userVariables } from './predefined-variables.ts';

/** The variables of a job as its runner is sent them. Which source wins is GitLab's choice: later ones in `all`. */
export function jobVariables(facts: JobFacts): Variable[] {
  const { job } = facts;
  const own: Variable[] = [
    known('CI_PIPELINE_ID', String(facts.pipelineId)),
    known('CI_PIPELINE_IID', String(facts.served?.pipelineIid ?? facts.pipelineId)),
    known('CI_JOB_ID', String(facts.id)),
    known('CI_JOB_STARTED_AT', instantText(facts.startedAt)),
    known('CI_JOB_NAME', job.name),
    known('CI_JOB_NAME_SLUG', slugify(job.name)),
    known('CI_JOB_GROUP_NAME', job.groupName),
    known('CI_JOB_STAGE', job.stage),
    known('CI_JOB_RETRY_COUNT', String(facts.retryCount)),
    known('CI_NODE_TOTAL', String(job.node?.total ?? 1)),
    ...(job.node === null ? [] : [known('CI_NODE_INDEX', String(job.node.index))]),
    ...(job.when === 'manual' ? [known('CI_JOB_MANUAL', 'true')] : []),
  ];
  const all = [
    ...facts.predefined,
    ...own,
    ...servedVariables(facts),
    ...job.variables,
    ...Object.entries(userVariables(facts.served?.user ?? null)).map(([key, value]) => known(key, value)),
    ...facts.dotenv,
    ...(facts.served?.configured ?? []),
    ...facts.given,
  ];
  return expandForRunner([...all, ...environmentVariables(job, all)]);
}

/** `CI_REGISTRY` and its kind are left out: there is no registry. */
function servedVariables({ served, repository }: JobFacts): Variable[] {
  if (served === null) return [];
  const { id, description, tags } = served.runner;
  return [
    known('CI_PIPELINE_URL', served.pipelineUrl),
    known('CI_JOB_URL', served.jobUrl),
    { ...known('CI_JOB_TOKEN', served.token), public: false, masked: true },
    { ...known('CI_REPOSITORY_URL', repository), public: false },
    known('CI_RUNNER_ID', String(id)),
    known('CI_RUNNER_DESCRIPTION', description),
    known('CI_RUNNER_TAGS', JSON.stringify(tags)),
  ];
}

/** The name may hold any of the job's variables, the URL those of the environment too. */
function environmentVariables({ environment }: PlannedJob, variables: readonly Variable[]): Variable[] {
  if (environment === null) return [];
  const { values } = expandVariables(variables);
  const expand = (text: string) => expandText(text, (name) => values.get(name));
  const name = expand(environment.name);
  const tier = environment.deploymentTier === null ? deploymentTier(name) : expand(environment.deploymentTier);
  return [
    known('CI_ENVIRONMENT_NAME', name),
    known('CI_ENVIRONMENT_SLUG', environmentSlug(name)),
    known('CI_ENVIRONMENT_ACTION', environment.action),
    known('CI_ENVIRONMENT_TIER', tier),
    ...(environment.url === null ? [] : [plainVariable('CI_ENVIRONMENT_URL', environment.url, { raw: false })]),
  ];
}

/** Facts are taken literally: a branch may have a `$` in its name. */
function known(key: string, value: string): Variable {
  return plainVariable(key, value, { raw: true });
}
