import { type BareRepository, type ReadOptions, readGit } from '../bare/bare-repository.ts';
import { gitFailure } from '../process/git-failure.ts';
import { isRefName } from './names.ts';

/** What a text names. */
export interface Revision {
  /** Of the commit. */
  readonly sha: string;
  readonly kind: 'branch' | 'tag' | 'commit' | 'other';
  /** Of the branch or tag, without `refs/…/`; of any other ref in full; null for a sha. */
  readonly name: string | null;
}

/**
 * The commit that a branch, a tag, a ref in full, `HEAD` or a sha (at least four digits) names: of several the first in this order, but a
 * full sha is one before all. Nothing that computes (`main~1`, `@{1}`, `a..b`) is understood.
 * @returns null when there is none, which is also so for a text that cannot name one.
 * @throws Failure as `runGit`.
 */
export async function resolveRevision(
  repository: BareRepository,
  text: string,
  options?: ReadOptions,
): Promise<Revision | null> {
  const candidates = candidatesFor(text);
  if (candidates.length === 0) return null;
  const input = candidates.map(({ asked }) => `${asked}^{commit}\n`).join('');
  const output = await readGit(repository, ['cat-file', '--batch-check=%(objecttype) %(objectname)'], options, {
    input,
  });
  const answers = output.toString().split('\n');
  for (const [index, { kind, name }] of candidates.entries()) {
    const sha = /^commit ([0-9a-f]+)$/.exec(answers[index] ?? '')?.[1];
    if (sha !== undefined) return { sha, kind, name };
  }
  return null;
}

/** As `resolveRevision`. @throws Failure `not_found` when there is none. */
export async function requireRevision(
  repository: BareRepository,
  text: string,
  options?: ReadOptions,
): Promise<Revision> {
  const found = await resolveRevision(repository, text, options);
  if (found === null) throw gitFailure('not_found', `no branch, tag or commit ${JSON.stringify(text.slice(0, 100))}`);
  return found;
}

interface Candidate extends Omit<Revision, 'sha'> {
  /** A line of `cat-file --batch-check`. */
  readonly asked: string;
}

function candidatesFor(text: string): readonly Candidate[] {
  const sha: Candidate = { asked: text, kind: 'commit', name: null };
  if (/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text)) return [sha];
  if (text === 'HEAD') return [{ asked: text, kind: 'other', name: text }];
  if (!isRefName(text)) return [];
  const branch: Candidate = { asked: `refs/heads/${text}`, kind: 'branch', name: text };
  const tag: Candidate = { asked: `refs/tags/${text}`, kind: 'tag', name: text };
  return [branch, tag, ...inFull(text), ...(/^[0-9a-f]{4,}$/i.test(text) ? [sha] : [])];
}

function inFull(text: string): readonly Candidate[] {
  if (!text.startsWith('refs/')) return [];
  const [, group, name = ''] = /^refs\/(heads|tags)\/(.+)$/.exec(text) ?? [];
  if (group === undefined) return [{ asked: text, kind: 'other', name: text }];
  return [{ asked: text, kind: group === 'heads' ? 'branch' : 'tag', name }];
}
