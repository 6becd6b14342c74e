import { Failure } from '../../base/index.ts';
import type { CommitRequest, RunGit } from './commit-request.ts';
import type { IndexEntry } from './read-index.ts';

/** Submodules as the commit has them, each fetched anew: of what a script may have left in one, nothing is believed. */
export async function bringSubmodules(
  { submodules, largeFiles, say }: CommitRequest,
  git: RunGit,
  { entries, hasLargeFiles }: { readonly entries: readonly IndexEntry[]; readonly hasLargeFiles: boolean },
): Promise<void> {
  if (submodules === null) return say('info', 'Skipping Git submodules setup');
  const { isRecursive, depth, paths, flags } = submodules;
  const how = isRecursive ? ' recursively' : '';
  say('info', `Updating/initializing submodules${how}${depth > 0 ? ` with git depth set to ${depth}` : ''}...`);
  if (!entries.some(({ isLink }) => isLink)) return;
  const recursive = isRecursive ? ['--recursive'] : [];
  const update = ['submodule', '--quiet', 'update', '--init', '--force', ...recursive];
  if (depth > 0) update.push(`--depth=${depth}`);
  update.push(...flags, ...(paths.length > 0 ? ['--', ...paths] : []));
  try {
    await git(...update);
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'git_failed') throw error;
    say('warning', 'Updating submodules failed. Retrying...');
    await git('submodule', '--quiet', 'sync', ...recursive);
    await git(...update);
  }
  if (largeFiles && hasLargeFiles) await git('submodule', '--quiet', 'foreach', ...recursive, 'git lfs pull');
}
