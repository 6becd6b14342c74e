import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorCode, listNames, makeDirectory, removeTree, syncDirectory } from '../../base/index.ts';
import { createGate } from '../process/gate.ts';
import { gitFailure } from '../process/git-failure.ts';
import { type BareRepository, describeBareRepository, writeGit } from './bare-repository.ts';
import { setDefaultBranch } from './refs.ts';

export interface RepositoriesOptions {
  /** Absolute; made when it is missing. All below it is ours. */
  readonly root: string;
  /** PATH for git. */
  readonly path: string;
  /** Gits of all reads at a time; default 16. */
  readonly concurrentReads?: number;
}

/** The bare repositories below one directory, each by its project's id. Several processes may work on the same root. */
export interface Repositories {
  /** Touches nothing. @throws Failure `bad_name` when the id is no positive integer. */
  at(id: number): BareRepository;
  has(id: number): boolean;
  /**
   * Makes an empty repository, whole or not at all.
   * @throws Failure `repository_exists`, `bad_name` (of the branch), `disk_full`, as `runGit`.
   */
  create(id: number, options: { readonly defaultBranch: string }): Promise<BareRepository>;
  /** It is gone when this resolves; one that is not there is fine. What could not be removed from the disk is left to `sweep`. */
  remove(id: number): Promise<void>;
  /** Whose there are. */
  ids(): Promise<readonly number[]>;
  /**
   * Removes what a crash left of `create` and `remove` before this instant, UTC ms; all of it when left out, which is for who has the root alone and has not
   * begun to `create`. Returns what could not be removed, for people.
   */
  sweep(before?: number): Promise<readonly string[]>;
}

/** Beside the repositories, so that a rename stays on one file system. */
const DRAFTS = 'drafts';
const TRASH = 'trash';

export function openRepositories({ root, path, concurrentReads = 16 }: RepositoriesOptions): Repositories {
  const reads = createGate(concurrentReads);
  const at = (id: number) => describeBareRepository(join(root, placeOf(id)), path, reads);
  return {
    at,
    has: (id) => existsSync(at(id).gitDir),
    async create(id, { defaultBranch }) {
      const repository = at(id);
      const name = `${id}-${randomUUID()}.git`;
      const draft = describeBareRepository(join(root, DRAFTS, name), path, reads);
      try {
        await fillDraft(draft, defaultBranch);
        syncTree(draft.gitDir);
        moveInPlace(draft.gitDir, repository.gitDir);
      } finally {
        await removeTree(root, [DRAFTS, name]);
      }
      return repository;
    },
    async remove(id) {
      const name = `${id}-${randomUUID()}.git`;
      makeDirectory(join(root, TRASH), 0o700);
      const { gitDir } = at(id);
      try {
        renameSync(gitDir, join(root, TRASH, name));
        syncDirectory(dirname(gitDir));
      } catch (error) {
        if (errorCode(error) === 'ENOENT') return;
        throw error;
      }
      await removeTree(root, [TRASH, name]);
    },
    async ids() {
      const ids: number[] = [];
      for (const folder of (await listNames(root)).filter((name) => /^\d\d$/.test(name))) {
        for (const name of await listNames(join(root, folder))) {
          const id = Number(/^([1-9]\d*)\.git$/.exec(name)?.[1] ?? 0);
          if (Number.isSafeInteger(id) && id > 0 && placeOf(id) === join(folder, name)) ids.push(id);
        }
      }
      return ids;
    },
    async sweep(before = Number.POSITIVE_INFINITY) {
      const left = [await sweepFolder(root, DRAFTS, before), await sweepFolder(root, TRASH, before)];
      return left.flat();
    },
  };
}

function placeOf(id: number): string {
  if (!Number.isSafeInteger(id) || id <= 0) throw gitFailure('bad_name', `no id of a project: ${id}`);
  return join(String(id % 100).padStart(2, '0'), `${id}.git`);
}

async function fillDraft(draft: BareRepository, defaultBranch: string): Promise<void> {
  try {
    makeDirectory(draft.gitDir, 0o700);
  } catch (error) {
    throw diskFailure(error, draft.gitDir);
  }
  // No template: it would bring hooks and an `info` that the system's administrator put there.
  await writeGit(draft, ['init', '--quiet', '--bare', '--template=', '--', draft.gitDir]);
  await setDefaultBranch(draft, defaultBranch);
}

function moveInPlace(draft: string, place: string): void {
  try {
    makeDirectory(dirname(place), 0o700);
    renameSync(draft, place);
    syncDirectory(dirname(place));
    syncDirectory(dirname(dirname(place)));
  } catch (error) {
    const code = errorCode(error);
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw diskFailure(error, place);
    throw gitFailure('repository_exists', `there is a repository at ${place}`, error);
  }
}

/** `git init` leaves it to the system when its files reach the disk; the name must not get there before them. */
function syncTree(dir: string): void {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) syncTree(path);
    else syncDirectory(path);
  }
  syncDirectory(dir);
}

function diskFailure(error: unknown, place: string): unknown {
  const code = errorCode(error);
  return code === 'ENOSPC' || code === 'EDQUOT' ? gitFailure('disk_full', `no room for ${place}`, error) : error;
}

async function sweepFolder(root: string, folder: string, before: number): Promise<readonly string[]> {
  if (!existsSync(join(root, folder))) return [];
  const left: string[] = [];
  for (const name of readdirSync(join(root, folder))) {
    const changedAt = statSync(join(root, folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (changedAt < before) left.push(...(await removeTree(root, [folder, name])));
  }
  return left;
}
