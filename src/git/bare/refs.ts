import { gitFailure } from '../process/git-failure.ts';
import { checkBranchName, checkSha } from '../read/names.ts';
import { type BareRepository, KEPT_REFS, type ReadOptions, readGit, writeGit } from './bare-repository.ts';

/** A ref as it stands. */
export interface RefState {
  /** In full: `refs/heads/main`. */
  readonly name: string;
  /** Of what it points to: a tag with a message has an object of its own. */
  readonly sha: string;
}

/** All refs that clients see, by name: what is compared with the records of those that were acted upon. */
export async function listRefs(repository: BareRepository, options?: ReadOptions): Promise<readonly RefState[]> {
  const output = await readGit(repository, ['for-each-ref', '--format=%(objectname) %(refname)'], options);
  return output
    .toString()
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const space = line.indexOf(' ');
      return { sha: line.slice(0, space), name: line.slice(space + 1) };
    })
    .filter(({ name }) => !name.startsWith(`${KEPT_REFS}/`));
}

/** The name of the branch that HEAD names, whether it exists or not. */
export async function readDefaultBranch(repository: BareRepository, options?: ReadOptions): Promise<string> {
  const output = await readGit(repository, ['symbolic-ref', 'HEAD'], options);
  return output
    .toString()
    .trim()
    .replace(/^refs\/heads\//, '');
}

/** The branch need not exist. @throws Failure `bad_name`. */
export async function setDefaultBranch(repository: BareRepository, name: string): Promise<void> {
  await writeGit(repository, ['symbolic-ref', '--', 'HEAD', `refs/heads/${checkBranchName(name)}`]);
}

/** Keeps a commit from being collected when no branch or tag leads to it any more; twice is fine. @throws Failure `not_found`. */
export async function keepCommit(repository: BareRepository, sha: string): Promise<void> {
  checkSha(sha);
  try {
    await writeGit(repository, ['update-ref', '--', `${KEPT_REFS}/${sha}`, sha]);
  } catch (error) {
    const there = await readGit(repository, ['cat-file', '-e', `${sha}^{commit}`], {}, { okCodes: [0] }).then(
      () => true,
      () => false,
    );
    throw there ? error : gitFailure('not_found', `no commit ${sha}`, error);
  }
}

/** One that is not kept is fine. */
export async function dropKeptCommit(repository: BareRepository, sha: string): Promise<void> {
  await writeGit(repository, ['update-ref', '-d', '--', `${KEPT_REFS}/${checkSha(sha)}`]);
}
