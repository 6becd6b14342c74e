import { Failure } from '../base/index.ts';
import { splitNames } from './list-files.ts';
import type { Checkout } from './read-checkout.ts';
import { askGit, type GitCall, runGit } from './run-git.ts';

/**
 * The files that a push of this working tree would change, for `rules:changes`: docs/decisions/0004 says against what.
 * Uncommitted changes and untracked files count; of a renamed file both names.
 * @param compareTo a branch, tag or sha instead of the default branch.
 * @returns null when there is nothing to compare with: rules then count everything as changed.
 * @throws Failure `unknown_ref` when `compareTo` does not resolve.
 */
export async function changedFiles(
  checkout: Checkout,
  compareTo: string | null,
  signal?: AbortSignal,
): Promise<readonly string[] | null> {
  if (compareTo !== null) return changedSince(checkout, await mergeBase(checkout, compareTo, signal), signal);
  if (checkout.ref.kind === 'tag' || isZero(checkout.beforeSha)) return null;
  const base = await findBase(checkout, signal);
  const changed = base === null ? [] : await changedSince(checkout, base, signal);
  // Nothing to push: the last commit is what a pipeline was, or would have been, made for.
  return changed.length > 0 ? changed : changedSince(checkout, checkout.beforeSha, signal);
}

async function changedSince(checkout: Checkout, base: string, signal?: AbortSignal): Promise<readonly string[]> {
  const call = (...args: string[]): GitCall => ({ cwd: checkout.topLevel, args, ...(signal && { signal }) });
  const [tracked, untracked] = await Promise.all([
    runGit(call('diff', '--name-only', '-z', '--no-renames', '--no-relative', '--ignore-submodules=dirty', base, '--')),
    runGit(call('ls-files', '-z', '--others', '--exclude-standard')),
  ]);
  return [...new Set([...splitNames(tracked), ...splitNames(untracked)])];
}

function isZero(sha: string): boolean {
  return /^0+$/.test(sha);
}

/** Where HEAD left the default branch, as the server has it or, without a server, as it is here. */
async function findBase(checkout: Checkout, signal?: AbortSignal): Promise<string | null> {
  const { defaultBranch, remote } = checkout;
  const onServer = remote === null ? null : `refs/remotes/${remote.name}/${defaultBranch}`;
  const base = onServer === null ? null : await findMergeBase(checkout, onServer, signal);
  return base ?? findMergeBase(checkout, `refs/heads/${defaultBranch}`, signal);
}

async function mergeBase(checkout: Checkout, compareTo: string, signal?: AbortSignal): Promise<string> {
  const names = [compareTo, ...(checkout.remote === null ? [] : [`${checkout.remote.name}/${compareTo}`])];
  for (const name of names) {
    const base = await findMergeBase(checkout, name, signal);
    if (base !== null) return base;
  }
  throw new Failure('unknown_ref', `\`${compareTo}\` is not a branch, tag or commit that shares history with HEAD`);
}

async function findMergeBase(checkout: Checkout, ref: string, signal?: AbortSignal): Promise<string | null> {
  // A name that begins with a dash would be an option.
  if (ref.startsWith('-')) return null;
  const args = ['merge-base', `${ref}^{commit}`, 'HEAD'];
  const output = await askGit({ cwd: checkout.topLevel, args, ...(signal && { signal }) });
  return output === null ? null : output.toString().trim();
}
