import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, Failure } from '../../base/index.ts';
import type { CommitRequest, RunGit, SubmoduleRequest } from './commit-request.ts';
import { readIndex } from './read-index.ts';
import { writeConfig } from './write-git-dir.ts';

/** Each has a configuration of its own, in which git-lfs has to be known before it changes a file. */
const LARGE_FILES = 'git lfs install --local --skip-repo >/dev/null && git lfs pull';

/** A commit can have itself in it. */
const DEEPEST = 20;

/**
 * Submodules as the commit has them. Their files are made anew; of the repositories that an earlier job has left it is used what is used of the job's own
 * (`writeGitDir`): so each is told again where it came from, one level after the other, as only what is checked out says that.
 */
export async function bringSubmodules(
  request: CommitRequest,
  git: RunGit,
  { hasLargeFiles }: { readonly hasLargeFiles: boolean },
): Promise<void> {
  const { submodules, largeFiles, say, directory } = request;
  if (submodules === null) return say('info', 'Skipping Git submodules setup');
  const { isRecursive, depth } = submodules;
  const how = isRecursive ? ' recursively' : '';
  say('info', `Updating/initializing submodules${how}${depth > 0 ? ` with git depth set to ${depth}` : ''}...`);
  const top = { path: '.', gitDir: join(directory, '.git'), level: 0 };
  if (linksOf(request, top).length === 0) return;
  await bringLevel({ request, submodules, git, hasLargeFiles }, top);
  const recursive = isRecursive ? ['--recursive'] : [];
  if (largeFiles && hasLargeFiles) await git('submodule', '--quiet', 'foreach', ...recursive, LARGE_FILES);
}

interface Means {
  readonly request: CommitRequest;
  readonly submodules: SubmoduleRequest;
  readonly git: RunGit;
  readonly hasLargeFiles: boolean;
}

/** A repository whose submodules are to be brought. */
interface Level {
  /** From the directory of the job's sources. */
  readonly path: string;
  readonly gitDir: string;
  readonly level: number;
}

async function bringLevel(means: Means, here: Level): Promise<void> {
  const { request, submodules, git } = means;
  const { depth, paths, flags } = submodules;
  const only = here.level === 0 && paths.length > 0 ? ['--', ...paths] : [];
  const run = (...args: readonly string[]) => git('-C', here.path, ...args);
  const reach = depth > 0 ? [`--depth=${depth}`] : [];
  const update = ['submodule', '--quiet', 'update', '--init', '--force', ...reach, ...flags, ...only];
  await run('submodule', '--quiet', 'init', ...only);
  const addresses = wordsOf(await run('config', '--local', '--null', '--list'), ADDRESS);
  for (const [name, address] of addresses) useAgain(means, join(here.gitDir, 'modules', name), address);
  try {
    await run(...update);
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'git_failed') throw error;
    request.say('warning', 'Updating submodules failed. Retrying...');
    await run('submodule', '--quiet', 'sync');
    await run(...update);
  }
  if (!submodules.isRecursive || here.level >= DEEPEST) return;
  const places = wordsOf(await run('config', '--file=.gitmodules', '--null', '--list'), PLACE);
  // What `.gitmodules` says besides may lead anywhere.
  const links = new Set(linksOf(request, here));
  for (const [name, place] of places) {
    const path = join(here.path, place);
    const inner = { path, gitDir: join(here.gitDir, 'modules', name), level: here.level + 1 };
    const isBrought = links.has(place) && addresses.has(name) && existsSync(join(request.directory, path, '.git'));
    if (isBrought && linksOf(request, inner).length > 0) await bringLevel(means, inner);
  }
}

const ADDRESS = /^submodule\.(.*)\.url\n(.*)$/s;
const PLACE = /^submodule\.(.*)\.path\n(.*)$/s;

/** By name of the submodule, out of what `git config --null --list` has printed. */
function wordsOf(listed: string, word: RegExp): ReadonlyMap<string, string> {
  const words = new Map<string, string>();
  for (const entry of listed.split('\0')) {
    const [, name = '', value = ''] = word.exec(entry) ?? [];
    // As git has it: none leads out of where the repositories lie.
    if (name !== '' && !name.split('/').includes('..')) words.set(name, value);
  }
  return words;
}

function useAgain({ request, submodules, hasLargeFiles }: Means, gitDir: string, address: string): void {
  const { objectFormat } = request;
  const isShort = submodules.depth === 0 && existsSync(join(gitDir, 'shallow'));
  if (isShort || !existsSync(join(gitDir, 'HEAD'))) rmSync(gitDir, { recursive: true, force: true });
  else writeConfig(gitDir, { address, objectFormat, hasLargeFiles });
}

/** Paths of the submodules that are checked out. */
function linksOf({ objectFormat }: CommitRequest, { gitDir }: Level): readonly string[] {
  try {
    const entries = readIndex(readFileSync(join(gitDir, 'index')), objectFormat);
    return entries.filter(({ isLink }) => isLink).map(({ path }) => path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    return [];
  }
}
