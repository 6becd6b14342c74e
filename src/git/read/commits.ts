import { type BareRepository, type ReadOptions, readGit } from '../bare/bare-repository.ts';
import { gitFailure } from '../process/git-failure.ts';
import { checkSha, checkTreePath } from './names.ts';

/** A commit. Bytes that are not in its encoding become U+FFFD. */
export interface CommitInfo {
  readonly sha: string;
  readonly parents: readonly string[];
  /** The first line. */
  readonly title: string;
  /** As written. */
  readonly message: string;
  readonly author: Signature;
  readonly committer: Signature;
}

export interface Signature {
  readonly name: string;
  readonly email: string;
  /** ISO 8601 with the writer's offset; empty when git cannot make sense of it. */
  readonly date: string;
}

/** A NUL ends each; no message has one. */
const FIELDS = ['%H', '%P', '%an', '%ae', '%aI', '%cn', '%ce', '%cI', '%B'];
const FORMAT = `--format=${FIELDS.join('%x00')}`;

function parseCommits(output: Buffer): readonly CommitInfo[] {
  const values = output.toString().split('\0');
  const commits: CommitInfo[] = [];
  for (let at = 0; at + FIELDS.length < values.length; at += FIELDS.length) {
    const [sha = '', parents = '', an = '', ae = '', ad = '', cn = '', ce = '', cd = '', message = ''] =
      values.slice(at);
    commits.push({
      sha,
      parents: parents.split(' ').filter(Boolean),
      title: message.split('\n', 1)[0] ?? '',
      message,
      author: { name: an, email: ae, date: ad },
      committer: { name: cn, email: ce, date: cd },
    });
  }
  return commits;
}

/** In the given order. @throws Failure `not_found` when one is no commit that is here. */
export async function readCommits(
  repository: BareRepository,
  shas: readonly string[],
  options?: ReadOptions,
): Promise<readonly CommitInfo[]> {
  if (shas.length === 0) return [];
  const input = shas.map((sha) => `${checkSha(sha)}\n`).join('');
  const args = ['log', '--no-walk=unsorted', '-z', FORMAT, '--stdin'];
  const commits = parseCommits(await orNotFound(shas.join(' '), readGit(repository, args, options, { input })));
  // Git says each once.
  const bySha = new Map(commits.map((commit) => [commit.sha, commit]));
  return shas.map((sha) => {
    const found = bySha.get(sha);
    if (found === undefined) throw gitFailure('not_found', `no commit ${sha}`);
    return found;
  });
}

/** @throws Failure `not_found`. */
export async function readCommit(repository: BareRepository, sha: string, options?: ReadOptions): Promise<CommitInfo> {
  const [commit] = await readCommits(repository, [sha], options);
  if (commit === undefined) throw gitFailure('not_found', `no commit ${sha}`);
  return commit;
}

export interface CommitQuery extends ReadOptions {
  /** Only commits that touch it. */
  readonly path?: string;
  /** UTC ms; of the committer's date, whole seconds. */
  readonly sinceMs?: number;
  readonly untilMs?: number;
  /** Not reachable from these. */
  readonly not?: readonly string[];
  readonly firstParent?: boolean;
  readonly offset?: number;
  readonly limit: number;
}

/** The history of a commit, the newest first. @throws Failure `not_found`. */
export async function listCommits(
  repository: BareRepository,
  sha: string,
  query: CommitQuery,
): Promise<readonly CommitInfo[]> {
  const { path, sinceMs, untilMs, not = [], offset = 0, limit } = query;
  const args = [
    ...['log', '-z', FORMAT, `--skip=${count(offset)}`, `--max-count=${count(limit)}`],
    ...(sinceMs === undefined ? [] : [`--since=@${Math.floor(sinceMs / 1000)}`]),
    ...(untilMs === undefined ? [] : [`--until=@${Math.floor(untilMs / 1000)}`]),
    ...(query.firstParent ? ['--first-parent'] : []),
    ...[checkSha(sha), ...not.map((other) => `^${checkSha(other)}`), '--'],
    ...(path ? [checkTreePath(path)] : []),
  ];
  return parseCommits(await orNotFound(sha, readGit(repository, args, query)));
}

/** The newest commit, `sha` included, that touched a path; null when none did. @throws Failure `not_found`. */
export async function latestCommitOf(
  repository: BareRepository,
  sha: string,
  path: string,
  options?: ReadOptions,
): Promise<CommitInfo | null> {
  const [commit] = await listCommits(repository, sha, { ...options, path, limit: 1 });
  return commit ?? null;
}

export interface CommitStats {
  readonly additions: number;
  readonly deletions: number;
  readonly files: number;
}

/** Lines against the first parent; binary files count as files only. @throws Failure `not_found`. */
export async function commitStats(
  repository: BareRepository,
  sha: string,
  options?: ReadOptions,
): Promise<CommitStats> {
  const { parents } = await readCommit(repository, sha, options);
  const args = [
    'diff-tree',
    '--numstat',
    '-r',
    '-z',
    '--no-renames',
    '--no-commit-id',
    '--root',
    ...parents.slice(0, 1),
    sha,
  ];
  const lines = (await readGit(repository, args, options)).toString().split('\0').filter(Boolean);
  let additions = 0;
  let deletions = 0;
  for (const line of lines) {
    const [added = '', deleted = ''] = line.split('\t');
    additions += Number(added) || 0;
    deletions += Number(deleted) || 0;
  }
  return { additions, deletions, files: lines.length };
}

export async function orNotFound<T>(sha: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const isAbsent =
      /bad object|bad file|bad revision|no such commit|not a (?:valid object|commit|tree)|Not a valid|invalid object/i;
    if (error instanceof Error && isAbsent.test(error.message))
      throw gitFailure('not_found', `no object ${sha}`, error);
    throw error;
  }
}

function count(value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) throw gitFailure('bad_name', `no count: ${value}`);
  return value;
}
