import { gitFailure } from '../process/git-failure.ts';
import { resolveRevision } from '../read/resolve-revision.ts';
import { type BareRepository, writeGit } from './bare-repository.ts';

export interface FileToCommit {
  readonly path: string;
  readonly text: string;
  readonly isExecutable: boolean;
}

export interface FirstCommit {
  /** In full: `refs/heads/main`. */
  readonly ref: string;
  readonly files: readonly FileToCommit[];
  readonly message: string;
  readonly author: { readonly name: string; readonly email: string };
  /** UTC ms. */
  readonly at: number;
}

/** Puts a commit without a parent on a ref that is not there yet. Its sha. @throws Failure as `runGit` */
export async function commitFiles(repository: BareRepository, commit: FirstCommit): Promise<string> {
  const { ref, files, message, author, at } = commit;
  const who = `${author.name} <${author.email}> ${Math.floor(at / 1000)} +0000`;
  const lines = [`commit ${ref}`, `author ${who}`, `committer ${who}`, data(message)];
  for (const { path, text, isExecutable } of files) {
    lines.push(`M ${isExecutable ? '100755' : '100644'} inline ${path}`, data(text));
  }
  await writeGit(repository, ['fast-import', '--quiet'], { input: `${lines.join('\n')}\n` });
  const made = await resolveRevision(repository, ref);
  if (made === null) throw gitFailure('git_failed', `${ref} is not there after it was made`);
  return made.sha;
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}`;
}
