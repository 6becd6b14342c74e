import { resolve } from 'node:path';
import { asCheckout } from '../checkout/read-checkout.ts';
import { type GitCall, runGit } from '../process/run-git.ts';

/** Absolute paths of a checkout; in a linked worktree `gitDir` is its own and `objects` is shared. */
export interface RepositoryPlaces {
  readonly topLevel: string;
  readonly gitDir: string;
  readonly objects: string;
  /** A sha; null when there is no commit yet. */
  readonly head: string | null;
}

/** All that a copy's `.git` is made from. */
export interface Repository extends RepositoryPlaces {
  /** `sha name peeled-sha` lines. */
  readonly refs: string;
  /** `key\nvalue\0` for each setting of every scope, in ascending priority. */
  readonly settings: string;
}

/** One call for four answers: starting git is what costs. Paths are relative to `dir`; without a commit the last line is missing. */
export async function locateRepository(dir: string, signal?: AbortSignal): Promise<RepositoryPlaces> {
  const args = ['--show-toplevel', '--git-path', 'HEAD', '--git-path', 'objects', '--revs-only', 'HEAD^{commit}'];
  const output = await asCheckout(dir, runGit({ cwd: dir, args: ['rev-parse', ...args], ...(signal && { signal }) }));
  const [topLevel = '', headFile = '', objects = '', head = ''] = output.toString().split('\n');
  return {
    topLevel,
    gitDir: resolve(dir, headFile, '..'),
    objects: resolve(dir, objects),
    head: head === '' ? null : head,
  };
}

export async function describeRepository(places: RepositoryPlaces, signal?: AbortSignal): Promise<Repository> {
  const call = (...args: string[]): GitCall => ({ cwd: places.topLevel, args, ...(signal && { signal }) });
  const [refs, settings] = await Promise.all([
    runGit(call('for-each-ref', '--format=%(objectname) %(refname) %(*objectname)')),
    runGit(call('config', '-z', '--list')),
  ]);
  return { ...places, refs: refs.toString(), settings: settings.toString() };
}
