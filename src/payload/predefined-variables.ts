import { slugify } from '../compile/index.ts';
import type { MergeRequestFacts, PipelineFacts, ProjectFacts, ServerFacts, UpstreamFacts, UserFacts } from './facts.ts';

type Variables = Readonly<Record<string, string>>;

/**
 * Variables of server, project, commit and pipeline: those that GitLab knows before any job exists. Source: GitLab's list of predefined
 * variables; those of a job are added where its payload is made.
 */
export function predefinedVariables(facts: PipelineFacts): Variables {
  const server = serverVariables(facts.server);
  return {
    CI: 'true',
    GITLAB_CI: 'true',
    // Of licensed features there are none.
    GITLAB_FEATURES: '',
    // Where images of GitLab's templates come from, whoever runs them.
    CI_TEMPLATE_REGISTRY_HOST: 'registry.gitlab.com',
    ...server,
    ...projectVariables(facts.project, server.CI_SERVER_URL ?? ''),
    ...commitVariables(facts),
    ...refVariables(facts),
    CI_CONFIG_PATH: facts.configPath,
    CI_PIPELINE_SOURCE: facts.source,
    CI_PIPELINE_CREATED_AT: instantText(facts.createdAt),
    ...(facts.name === null ? {} : { CI_PIPELINE_NAME: facts.name }),
    ...(facts.source === 'trigger' ? { CI_PIPELINE_TRIGGERED: 'true' } : {}),
    ...(facts.upstream === null ? {} : upstreamVariables(facts.upstream)),
  };
}

/** Whoever started the pipeline, or the job. */
export function userVariables(user: UserFacts | null): Variables {
  if (user === null) return {};
  return {
    GITLAB_USER_ID: String(user.id),
    GITLAB_USER_LOGIN: user.username,
    GITLAB_USER_NAME: user.name,
    GITLAB_USER_EMAIL: user.email,
  };
}

/** ISO 8601 to the second, as GitLab writes it and scripts parse it. @param instant UTC ms */
export function instantText(instant: number): string {
  return new Date(instant).toISOString().replace(/\.\d+/, '');
}

function upstreamVariables({ projectId, pipelineId, jobId }: UpstreamFacts): Variables {
  return {
    CI_UPSTREAM_PROJECT_ID: String(projectId),
    CI_UPSTREAM_PIPELINE_ID: String(pipelineId),
    CI_UPSTREAM_JOB_ID: String(jobId),
  };
}

function serverVariables({ protocol, host, port, version }: ServerFacts): Variables {
  const isUsual = port === (protocol === 'https' ? '443' : '80');
  const url = `${protocol}://${host}${isUsual ? '' : `:${port}`}`;
  return {
    CI_SERVER_URL: url,
    CI_SERVER_HOST: host,
    CI_SERVER_PORT: port,
    CI_SERVER_PROTOCOL: protocol,
    CI_SERVER_FQDN: isUsual ? host : `${host}:${port}`,
    CI_SERVER_NAME: 'Epilogue',
    CI_API_V4_URL: `${url}/api/v4`,
    CI_API_GRAPHQL_URL: `${url}/api/graphql`,
    ...(version === null ? {} : versionVariables(version)),
  };
}

function versionVariables(version: string): Variables {
  const [major = '0', minor = '0', patch = '0'] = /^\d+(?:\.\d+)*/.exec(version)?.[0].split('.') ?? [];
  return {
    CI_SERVER_VERSION: version,
    CI_SERVER_VERSION_MAJOR: major,
    CI_SERVER_VERSION_MINOR: minor,
    CI_SERVER_VERSION_PATCH: patch,
    CI_SERVER_REVISION: 'epilogue',
  };
}

function projectVariables(project: ProjectFacts, serverUrl: string): Variables {
  const [root = ''] = project.namespace.split('/');
  return {
    CI_PROJECT_ID: String(project.id),
    CI_PROJECT_NAME: project.name,
    CI_PROJECT_TITLE: project.title,
    CI_PROJECT_DESCRIPTION: project.description,
    CI_PROJECT_PATH: project.path,
    CI_PROJECT_PATH_SLUG: slugify(project.path),
    CI_PROJECT_NAMESPACE: project.namespace,
    ...(project.namespaceId === null ? {} : { CI_PROJECT_NAMESPACE_ID: String(project.namespaceId) }),
    CI_PROJECT_ROOT_NAMESPACE: root,
    CI_PROJECT_URL: `${serverUrl}/${project.path}`,
    CI_PROJECT_VISIBILITY: project.visibility,
    // Nobody looks at the languages, and nothing is classified.
    CI_PROJECT_REPOSITORY_LANGUAGES: '',
    CI_PROJECT_CLASSIFICATION_LABEL: '',
    CI_DEFAULT_BRANCH: project.defaultBranch,
  };
}

function commitVariables({ commit, ref, mergeRequest, source }: PipelineFacts): Variables {
  const message = commit.message.replace(/\n+$/, '');
  // Only a push to a branch has something before it; a child pipeline is of its parent's push.
  const isPush = (source === 'push' || source === 'parent_pipeline') && ref.kind === 'branch' && mergeRequest === null;
  return {
    CI_COMMIT_SHA: commit.sha,
    CI_COMMIT_SHORT_SHA: commit.sha.slice(0, 8),
    CI_COMMIT_BEFORE_SHA: isPush ? commit.beforeSha : '0'.repeat(commit.sha.length),
    CI_COMMIT_AUTHOR: commit.author,
    CI_COMMIT_MESSAGE: message,
    CI_COMMIT_TITLE: commit.title,
    CI_COMMIT_DESCRIPTION: message.split('\n').slice(1).join('\n').trim(),
    CI_COMMIT_TIMESTAMP: commit.timestamp,
  };
}

function refVariables({ ref, mergeRequest, project }: PipelineFacts): Variables {
  const common = {
    CI_COMMIT_REF_NAME: ref.name,
    CI_COMMIT_REF_SLUG: slugify(ref.name),
    CI_COMMIT_REF_PROTECTED: String(ref.isProtected),
  };
  if (mergeRequest !== null) return { ...common, ...mergeRequestVariables(mergeRequest, ref.name, project) };
  if (ref.kind === 'branch') return { ...common, CI_COMMIT_BRANCH: ref.name };
  return { ...common, CI_COMMIT_TAG: ref.name, CI_COMMIT_TAG_MESSAGE: ref.tagMessage };
}

/** Of a merge request inside one project. */
function mergeRequestVariables(request: MergeRequestFacts, branch: string, project: ProjectFacts): Variables {
  return {
    CI_MERGE_REQUEST_ID: String(request.id),
    CI_MERGE_REQUEST_IID: String(request.iid),
    CI_MERGE_REQUEST_EVENT_TYPE: 'detached',
    CI_MERGE_REQUEST_TITLE: request.title,
    CI_MERGE_REQUEST_REF_PATH: `refs/merge-requests/${request.iid}/head`,
    CI_MERGE_REQUEST_PROJECT_ID: String(project.id),
    CI_MERGE_REQUEST_PROJECT_PATH: project.path,
    CI_MERGE_REQUEST_SOURCE_PROJECT_ID: String(project.id),
    CI_MERGE_REQUEST_SOURCE_PROJECT_PATH: project.path,
    CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: branch,
    CI_MERGE_REQUEST_TARGET_BRANCH_NAME: request.targetBranch,
    CI_OPEN_MERGE_REQUESTS: `${project.path}!${request.iid}`,
    ...(request.diffBaseSha === null ? {} : { CI_MERGE_REQUEST_DIFF_BASE_SHA: request.diffBaseSha }),
  };
}
