import { slugify } from '../compile/index.ts';
import type { MergeRequestFacts, PipelineFacts, ProjectFacts, ServerFacts } from './facts.ts';

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
    ...server,
    ...projectVariables(facts.project, server.CI_SERVER_URL ?? ''),
    ...commitVariables(facts),
    ...refVariables(facts),
    CI_CONFIG_PATH: facts.configPath,
    CI_PIPELINE_SOURCE: facts.source,
    CI_PIPELINE_CREATED_AT: new Date(facts.createdAt).toISOString(),
    ...(facts.source === 'trigger' ? { CI_PIPELINE_TRIGGERED: 'true' } : {}),
  };
}

function serverVariables({ protocol, host, port }: ServerFacts): Variables {
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
  };
}

function projectVariables(project: ProjectFacts, serverUrl: string): Variables {
  const [root = ''] = project.namespace.split('/');
  return {
    CI_PROJECT_ID: String(project.id),
    CI_PROJECT_NAME: project.name,
    CI_PROJECT_TITLE: project.name,
    CI_PROJECT_PATH: project.path,
    CI_PROJECT_PATH_SLUG: slugify(project.path),
    CI_PROJECT_NAMESPACE: project.namespace,
    CI_PROJECT_ROOT_NAMESPACE: root,
    CI_PROJECT_URL: `${serverUrl}/${project.path}`,
    CI_PROJECT_VISIBILITY: 'private',
    CI_DEFAULT_BRANCH: project.defaultBranch,
  };
}

function commitVariables({ commit, ref, mergeRequest, source }: PipelineFacts): Variables {
  const message = commit.message.replace(/\n+$/, '');
  // Only a push to a branch has something before it.
  const isPush = source === 'push' && ref.kind === 'branch' && mergeRequest === null;
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
  return ref.kind === 'branch' ? { ...common, CI_COMMIT_BRANCH: ref.name } : { ...common, CI_COMMIT_TAG: ref.name };
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
