import { Failure } from '../../../base/index.ts';
import { type BareRepository, defaultGitLimits, type GitService, serveGit } from '../../../git/index.ts';
import type { Answer, Call } from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { pushPolicy } from '../push/push-policy.ts';
import type { Entered } from './enter-repository.ts';
import { gitRefusal } from './git-refusal.ts';

export interface Exchange {
  readonly service: GitService;
  /** `GET info/refs`: what there is, before anything is asked for. */
  readonly isAdvertisement: boolean;
}

/** One request of smart HTTP, by somebody who may. */
export async function serveRepository(
  parts: Parts,
  call: Call,
  { project, userId, level }: Entered,
  { service, isAdvertisement }: Exchange,
): Promise<Answer> {
  const repository = await repositoryOf(parts, project.id, project.defaultBranch);
  const isPush = service === 'git-receive-pack' && !isAdvertisement && userId !== null;
  const policy = isPush ? pushPolicy(parts, project, { userId, level }) : null;
  const { headers, raw } = call;
  const length = headers['content-length'];
  try {
    const answer = await serveGit({
      repository,
      service,
      protocol: headers['git-protocol']?.toString() ?? null,
      body: isAdvertisement ? null : raw.request,
      gzip: /^(?:x-)?gzip$/i.test(headers['content-encoding'] ?? ''),
      ...(length === undefined ? {} : { contentLength: Number(length) }),
      limits: defaultGitLimits,
      push: policy,
      signal: call.signal,
    });
    answer.done.catch((error: unknown) => noteEnd(parts, call, project.id, error)).finally(() => policy?.end());
    return { status: 200, headers: answer.headers, body: answer.body };
  } catch (error) {
    policy?.end();
    if (isNoGit(error)) return gitRefusal(400, 'This is not how git speaks.');
    throw error;
  }
}

/** What was sent is not git's protocol; of a fetch, git itself finds that out. */
function isNoGit(error: unknown): boolean {
  if (!(error instanceof Failure)) return false;
  return (
    error.code === 'bad_request' || (error.code === 'git_failed' && /protocol error|upload-pack: /.test(error.message))
  );
}

/** A crash may have come between the project's row and its directory. */
async function repositoryOf(
  { repositories }: Parts,
  projectId: number,
  defaultBranch: string | null,
): Promise<BareRepository> {
  if (repositories.has(projectId)) return repositories.at(projectId);
  try {
    return await repositories.create(projectId, { defaultBranch: defaultBranch ?? 'main' });
  } catch (error) {
    if (error instanceof Failure && error.code === 'repository_exists') return repositories.at(projectId);
    throw error;
  }
}

function noteEnd({ log }: Parts, { requestId, signal }: Call, projectId: number, error: unknown): void {
  // Whoever hangs up is nobody's trouble.
  if (signal.aborted && error instanceof Failure && error.code === 'canceled') return;
  log.warn({ err: error, request_id: requestId, project_id: projectId }, 'an exchange with git was cut');
}
