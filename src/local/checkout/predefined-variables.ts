import { type CompileRef, slugify } from '../../compile/index.ts';
import type { Checkout } from '../../git/index.ts';

export interface PredefinedFacts {
  readonly checkout: Checkout;
  readonly ref: CompileRef;
  /** From the top of the checkout. */
  readonly configPath: string;
  /** UTC ms. */
  readonly now: number;
}

type Variables = Readonly<Record<string, string>>;

/** The only project of a local run. */
export const PROJECT_ID = 1;
const NO_SHA = /^0+$/;

/**
 * Variables of server, project, commit and pipeline: those that GitLab knows before any job exists, as far as a checkout tells
 * them. Source: GitLab's list of predefined variables; those of a job are added where its payload is made.
 */
export function predefinedVariables({ checkout, ref, configPath, now }: PredefinedFacts): Variables {
  const server = serverVariables(checkout.remote?.url ?? null);
  return {
    CI: 'true',
    GITLAB_CI: 'true',
    ...server,
    ...projectVariables(checkout, server.CI_SERVER_URL ?? ''),
    ...commitVariables(checkout, ref),
    ...refVariables(checkout, ref),
    CI_CONFIG_PATH: configPath,
    CI_PIPELINE_SOURCE: ref.source,
    CI_PIPELINE_CREATED_AT: new Date(now).toISOString(),
    ...(ref.source === 'trigger' ? { CI_PIPELINE_TRIGGERED: 'true' } : {}),
  };
}

/** The server that the checkout came from; without one, a name that nothing answers to. */
function serverVariables(remoteUrl: string | null): Variables {
  const { protocol, host, port } = serverOf(remoteUrl);
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

function serverOf(remoteUrl: string | null): { protocol: 'http' | 'https'; host: string; port: string } {
  const web = remoteUrl !== null && /^https?:/.test(remoteUrl) && URL.canParse(remoteUrl) ? new URL(remoteUrl) : null;
  if (web !== null) {
    const protocol = web.protocol === 'http:' ? 'http' : 'https';
    return { protocol, host: web.hostname, port: web.port || (protocol === 'https' ? '443' : '80') };
  }
  // ssh://user@host:port/path and user@host:path: the web side of such a server is taken to be at the usual place.
  const ssh = /^(?:ssh:\/\/)?(?:[^/@]+@)?([^/:@]{2,})[:/]/.exec(remoteUrl ?? '');
  return { protocol: 'https', host: ssh?.[1] ?? 'localhost', port: '443' };
}

function projectVariables({ project, defaultBranch }: Checkout, serverUrl: string): Variables {
  const [root = ''] = project.namespace.split('/');
  return {
    CI_PROJECT_ID: String(PROJECT_ID),
    CI_PROJECT_NAME: project.name,
    CI_PROJECT_TITLE: project.name,
    CI_PROJECT_PATH: project.path,
    CI_PROJECT_PATH_SLUG: slugify(project.path),
    CI_PROJECT_NAMESPACE: project.namespace,
    CI_PROJECT_ROOT_NAMESPACE: root,
    CI_PROJECT_URL: `${serverUrl}/${project.path}`,
    CI_PROJECT_VISIBILITY: 'private',
    CI_DEFAULT_BRANCH: defaultBranch,
  };
}

function commitVariables({ commit, sha, beforeSha }: Checkout, ref: CompileRef): Variables {
  const message = commit?.message.replace(/\n+$/, '') ?? '';
  return {
    CI_COMMIT_SHA: sha,
    CI_COMMIT_SHORT_SHA: sha.slice(0, 8),
    // Only a push to a branch has something before it.
    CI_COMMIT_BEFORE_SHA: ref.source === 'push' && ref.kind === 'branch' ? beforeSha : '0'.repeat(sha.length),
    CI_COMMIT_AUTHOR: commit?.author ?? '',
    CI_COMMIT_MESSAGE: message,
    CI_COMMIT_TITLE: commit?.title ?? '',
    CI_COMMIT_DESCRIPTION: message.split('\n').slice(1).join('\n').trim(),
    CI_COMMIT_TIMESTAMP: commit?.timestamp ?? '',
  };
}

function refVariables(checkout: Checkout, ref: CompileRef): Variables {
  const common = {
    CI_COMMIT_REF_NAME: ref.name,
    CI_COMMIT_REF_SLUG: slugify(ref.name),
    CI_COMMIT_REF_PROTECTED: String(ref.kind === 'branch' && ref.name === checkout.defaultBranch),
  };
  if (ref.kind === 'branch') return { ...common, CI_COMMIT_BRANCH: ref.name };
  if (ref.kind === 'tag') return { ...common, CI_COMMIT_TAG: ref.name };
  return { ...common, ...mergeRequestVariables(checkout, ref) };
}

/** A merge request into the default branch, as if it had just been opened. */
function mergeRequestVariables({ project, defaultBranch, commit, beforeSha }: Checkout, ref: CompileRef): Variables {
  return {
    CI_MERGE_REQUEST_ID: '1',
    CI_MERGE_REQUEST_IID: '1',
    CI_MERGE_REQUEST_EVENT_TYPE: 'detached',
    CI_MERGE_REQUEST_TITLE: commit?.title ?? '',
    CI_MERGE_REQUEST_REF_PATH: 'refs/merge-requests/1/head',
    CI_MERGE_REQUEST_PROJECT_ID: String(PROJECT_ID),
    CI_MERGE_REQUEST_PROJECT_PATH: project.path,
    CI_MERGE_REQUEST_SOURCE_PROJECT_ID: String(PROJECT_ID),
    CI_MERGE_REQUEST_SOURCE_PROJECT_PATH: project.path,
    CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: ref.name,
    CI_MERGE_REQUEST_TARGET_BRANCH_NAME: defaultBranch,
    CI_OPEN_MERGE_REQUESTS: `${project.path}!1`,
    ...(NO_SHA.test(beforeSha) ? {} : { CI_MERGE_REQUEST_DIFF_BASE_SHA: beforeSha }),
  };
}
