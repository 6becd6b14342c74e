import type { CompileRef } from '../../compile/index.ts';
import type { Checkout } from '../../git/index.ts';
import type { MergeRequestFacts, PipelineFacts, ServerFacts } from '../../payload/index.ts';

/** The only project of a local run. */
export const PROJECT_ID = 1;
const NO_SHA = /^0+$/;

/** A pipeline of a checkout, as if its server had made it. */
export function pipelineFacts(
  checkout: Checkout,
  ref: CompileRef,
  { configPath, now }: { readonly configPath: string; readonly now: number },
): PipelineFacts {
  const { project, defaultBranch, sha, beforeSha, commit } = checkout;
  const { message = '', title = '', author = '', timestamp = '' } = commit ?? {};
  return {
    server: serverOf(checkout.remote?.url ?? null),
    project: {
      id: PROJECT_ID,
      ...project,
      title: project.name,
      description: '',
      visibility: 'private',
      namespaceId: null,
      defaultBranch,
    },
    commit: { sha, beforeSha, message, title, author, timestamp },
    ref: {
      name: ref.name,
      kind: ref.kind === 'tag' ? 'tag' : 'branch',
      isProtected: ref.kind === 'branch' && ref.name === defaultBranch,
      tagMessage: '',
    },
    mergeRequest: ref.kind === 'merge_request' ? mergeRequest(checkout) : null,
    upstream: null,
    name: null,
    source: ref.source,
    configPath,
    createdAt: now,
  };
}

/** Into the default branch, as if it had just been opened. */
function mergeRequest({ commit, defaultBranch, beforeSha }: Checkout): MergeRequestFacts {
  return {
    id: 1,
    iid: 1,
    title: commit?.title ?? '',
    targetBranch: defaultBranch,
    diffBaseSha: NO_SHA.test(beforeSha) ? null : beforeSha,
  };
}

/** The server that the checkout came from; without one, a name that nothing answers to. */
function serverOf(remoteUrl: string | null): ServerFacts {
  const web = remoteUrl !== null && /^https?:/.test(remoteUrl) && URL.canParse(remoteUrl) ? new URL(remoteUrl) : null;
  if (web !== null) {
    const protocol = web.protocol === 'http:' ? 'http' : 'https';
    return { protocol, host: web.hostname, port: web.port || (protocol === 'https' ? '443' : '80'), version: null };
  }
  // ssh://user@host:port/path and user@host:path: the web side of such a server is taken to be at the usual place.
  const ssh = /^(?:ssh:\/\/)?(?:[^/@]+@)?([^/:@]{2,})[:/]/.exec(remoteUrl ?? '');
  return { protocol: 'https', host: ssh?.[1] ?? 'localhost', port: '443', version: null };
}
