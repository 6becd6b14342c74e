import { basename } from 'node:path';
import { Failure } from '../../base/index.ts';
import { gitFailure } from '../process/git-failure.ts';
import { askGit, type GitCall, runGit } from '../process/run-git.ts';
import { type Project, projectOf, withoutCredentials } from './parse-remote.ts';

/** What git knows about a checkout, for predefined variables and rules. */
export interface Checkout {
  /** Absolute. */
  readonly topLevel: string;
  readonly ref: CheckoutRef;
  /** Of HEAD; zeros when there is no commit yet. */
  readonly sha: string;
  /** The first parent of HEAD; zeros when there is none. */
  readonly beforeSha: string;
  /** null: no commit yet. */
  readonly commit: Commit | null;
  /** `origin`, or the only remote; without credentials. */
  readonly remote: { readonly name: string; readonly url: string } | null;
  readonly project: Project;
  readonly defaultBranch: string;
}

/** What is checked out. `detached` is neither a branch nor a tag; its name is the abbreviated sha. */
export interface CheckoutRef {
  readonly kind: 'branch' | 'tag' | 'detached';
  readonly name: string;
}

export interface Commit {
  /** As written, with the line break at its end if there is one. */
  readonly message: string;
  /** The first line. */
  readonly title: string;
  /** `Name <address>`. */
  readonly author: string;
  /** When it was committed, ISO 8601. */
  readonly timestamp: string;
}

/**
 * Reads the checkout whose top directory this is, as `findTopLevel` answers it; changes nothing.
 * @throws Failure as `runGit`
 */
export async function readCheckout(topLevel: string, signal?: AbortSignal): Promise<Checkout> {
  const call = (...args: string[]): GitCall => ({ cwd: topLevel, args, ...(signal && { signal }) });
  const [head, branch, config, refs] = await Promise.all([
    askGit(call('log', '-1', '-z', '--no-color', '--encoding=UTF-8', `--format=${HEAD_FORMAT}`, 'HEAD', '--')),
    askGit(call('symbolic-ref', '--short', '--quiet', 'HEAD')),
    askGit(call('config', '-z', '--get-regexp', '^remote\\..*\\.url$')),
    askGit(call('for-each-ref', '--format=%(refname)%00%(symref)', ...DEFAULT_BRANCH_REFS)),
  ]);
  const { sha, parent, commit } = parseHead(head);
  const branchName = branch === null ? null : text(branch);
  const remote = pickRemote(config?.toString() ?? '');
  return {
    topLevel,
    ref: branchName === null ? await nameDetached(topLevel, sha, signal) : { kind: 'branch', name: branchName },
    sha,
    beforeSha: parent,
    commit,
    remote,
    project: projectOf(remote?.url ?? null, basename(topLevel)),
    defaultBranch: pickDefaultBranch(refs?.toString() ?? '', remote?.name ?? 'origin') ?? branchName ?? 'main',
  };
}

/**
 * The top directory of the checkout that `dir` lies in.
 * @throws Failure as `runGit`, and `not_a_checkout` inside a bare repository or a `.git` directory.
 */
export async function findTopLevel(dir: string, signal?: AbortSignal): Promise<string> {
  return text(
    await asCheckout(dir, runGit({ cwd: dir, args: ['rev-parse', '--show-toplevel'], ...(signal && { signal }) })),
  );
}

/** What `rev-parse --show-toplevel` in `dir` says, with its one odd answer put into clear words. */
export async function asCheckout(dir: string, answer: Promise<Buffer>): Promise<Buffer> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof Failure) || !error.message.includes('must be run in a work tree')) throw error;
    throw gitFailure(
      'not_a_checkout',
      `${dir} has no files checked out: it is a bare repository or inside .git`,
      error,
    );
  }
}

/** Ends with the message, which alone may be of any form. */
const HEAD_FORMAT = '%H%n%P%n%an <%ae>%n%cI%n%B';

function parseHead(output: Buffer | null): { sha: string; parent: string; commit: Commit | null } {
  const [sha = '', parents = '', author = '', timestamp = '', ...lines] = (output?.toString() ?? '').split('\n');
  const zeros = '0'.repeat(sha.length || 40);
  if (sha === '') return { sha: zeros, parent: zeros, commit: null };
  const message = lines.join('\n').replace(/\0$/, '');
  const commit = { message, title: lines[0]?.replace(/\0$/, '') ?? '', author, timestamp };
  return { sha, parent: parents.split(' ')[0] || zeros, commit };
}

/** Of several tags at one commit, the newest. */
async function nameDetached(dir: string, sha: string, signal?: AbortSignal): Promise<CheckoutRef> {
  const args = ['for-each-ref', '--points-at=HEAD', '--sort=-creatordate', '--format=%(refname:strip=2)', 'refs/tags'];
  const tags = await askGit({ cwd: dir, args, ...(signal && { signal }) });
  const [tag = ''] = (tags?.toString() ?? '').split('\n');
  return tag === '' ? { kind: 'detached', name: sha.slice(0, 8) } : { kind: 'tag', name: tag };
}

/** `output` has `remote.<name>.url\n<url>\0` for each. */
function pickRemote(output: string): Checkout['remote'] {
  const remotes = output.split('\0').flatMap((entry) => {
    const lineEnd = entry.indexOf('\n');
    if (lineEnd === -1) return [];
    return [
      {
        name: entry.slice('remote.'.length, lineEnd - '.url'.length),
        url: withoutCredentials(entry.slice(lineEnd + 1)),
      },
    ];
  });
  return remotes.find(({ name }) => name === 'origin') ?? remotes[0] ?? null;
}

const DEFAULT_BRANCH_REFS = [
  'refs/remotes/*/HEAD',
  'refs/remotes/*/main',
  'refs/heads/main',
  'refs/remotes/*/master',
  'refs/heads/master',
];

/** What the server says, else `main`, else `master`, wherever they exist. */
function pickDefaultBranch(output: string, remote: string): string | null {
  const refs = new Map(
    output.split('\n').map((line) => {
      const [name = '', target = ''] = line.split('\0');
      return [name, target] as const;
    }),
  );
  const head = refs.get(`refs/remotes/${remote}/HEAD`);
  if (head) return head.slice(`refs/remotes/${remote}/`.length);
  const exists = (name: string) => refs.has(`refs/heads/${name}`) || refs.has(`refs/remotes/${remote}/${name}`);
  return ['main', 'master'].find(exists) ?? null;
}

function text(output: Buffer): string {
  return output.toString().replace(/\n$/, '');
}
