import { resolve } from 'node:path';
import { findTopLevel } from '../read-checkout.ts';
import { askGit, type GitCall, runGit } from '../run-git.ts';

/** Absolute paths of a checkout; in a linked worktree `gitDir` is its own and `objects` is shared. */
export interface RepositoryPlaces {
  readonly topLevel: string;
  readonly gitDir: string;
  readonly objects: string;
}

/** All that a copy's `.git` is made from. */
export interface Repository extends RepositoryPlaces {
  /** A sha; null when there is no commit yet. */
  readonly head: string | null;
  /** `sha name peeled-sha` lines. */
  readonly refs: string;
  /** `key\nvalue\0` for each setting of every scope, in ascending priority. */
  readonly settings: string;
}

export async function locateRepository(dir: string, signal?: AbortSignal): Promise<RepositoryPlaces> {
  const topLevel = await findTopLevel(dir, signal);
  const args = ['rev-parse', '--git-path', 'HEAD', '--git-path', 'objects'];
  const output = await runGit({ cwd: topLevel, args, ...(signal && { signal }) });
  const [headFile = '', objects = ''] = output.toString().split('\n');
  return { topLevel, gitDir: resolve(topLevel, headFile, '..'), objects: resolve(topLevel, objects) };
}

export async function describeRepository(places: RepositoryPlaces, signal?: AbortSignal): Promise<Repository> {
  const call = (...args: string[]): GitCall => ({ cwd: places.topLevel, args, ...(signal && { signal }) });
  const [head, refs, settings] = await Promise.all([
    askGit(call('rev-parse', '--quiet', '--verify', 'HEAD^{commit}')),
    runGit(call('for-each-ref', '--format=%(objectname) %(refname) %(*objectname)')),
    runGit(call('config', '-z', '--list')),
  ]);
  return {
    ...places,
    head: head === null ? null : head.toString().trim(),
    refs: refs.toString(),
    settings: settings.toString(),
  };
}
