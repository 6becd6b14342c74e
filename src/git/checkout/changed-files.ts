import { gitFailure } from '../process/git-failure.ts';
import { askGit, type GitCall, runGit } from '../process/run-git.ts';
import { splitNames } from '../process/split-names.ts';
import type { Checkout } from './read-checkout.ts';

/**
 * The files that a push of this working tree would change, for `rules:changes`: docs/decisions/0004 says against what.
 * Uncommitted changes and untracked files count; of a renamed file both names.
 * @returns null when there is nothing to compare with: rules then count everything as changed.
 */
export async function changedFiles(checkout: Checkout, signal?: AbortSignal): Promise<readonly string[] | null> {
  if (checkout.ref.kind === 'tag' || isZero(checkout.beforeSha)) return null;
  const base = await findBase(checkout, signal);
  const changed = base === null ? [] : await changedSince(checkout, base, signal);
  // Nothing to push: the last commit is what a pipeline was, or would have been, made for.
  return changed.length > 0 ? changed : changedSince(checkout, checkout.beforeSha, signal);
}

/**
 * As `changedFiles`, but against a branch, tag or sha.
 * @throws Failure `unknown_ref` when it does not resolve, or shares no history that is here, with advice on how to get it.
 */
export async function changedSinceRef(
  checkout: Checkout,
  ref: string,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  return changedSince(checkout, await mergeBase(checkout, ref, signal), signal);
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

async function mergeBase(checkout: Checkout, ref: string, signal?: AbortSignal): Promise<string> {
  const { remote } = checkout;
  const names = [ref, ...(remote === null ? [] : [`${remote.name}/${ref}`])];
  for (const name of names) {
    const base = await findMergeBase(checkout, name, signal);
    if (base !== null) return base;
  }
  const words = `\`${ref}\` is not a branch, tag or commit that shares history with HEAD`;
  throw gitFailure('unknown_ref', `${words}${await fetchAdvice(checkout, signal)}`);
}

/** A shallow clone, as CI systems make them, has one branch and the end of its history. */
async function fetchAdvice({ topLevel, remote }: Checkout, signal?: AbortSignal): Promise<string> {
  const args = ['rev-parse', '--is-shallow-repository'];
  const answer = await askGit({ cwd: topLevel, args, ...(signal && { signal }) });
  if (answer?.toString().trim() !== 'true' || remote === null) return '';
  const refspec = `'+refs/heads/*:refs/remotes/${remote.name}/*'`;
  return `, as far as this shallow clone goes; \`git fetch --unshallow ${remote.name} ${refspec}\` brings the rest`;
}

async function findMergeBase(checkout: Checkout, ref: string, signal?: AbortSignal): Promise<string | null> {
  // A name that begins with a dash would be an option.
  if (ref.startsWith('-')) return null;
  const args = ['merge-base', `${ref}^{commit}`, 'HEAD'];
  const output = await askGit({ cwd: checkout.topLevel, args, ...(signal && { signal }) });
  return output === null ? null : output.toString().trim();
}
