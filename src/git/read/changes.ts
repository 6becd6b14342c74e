import { type BareRepository, type ReadOptions, readGit } from '../bare/bare-repository.ts';
import { orNotFound } from './commits.ts';
import { checkSha } from './names.ts';

export interface Change {
  /** Bytes that are no UTF-8 become U+FFFD. */
  readonly path: string;
  /** `type`: a file became a link or a submodule, or the other way. */
  readonly kind: 'added' | 'deleted' | 'modified' | 'type';
}

const KINDS: Readonly<Record<string, Change['kind']>> = { A: 'added', D: 'deleted', T: 'type' };

/**
 * The files that differ between two commits, by path. Of a renamed file both names. `from` null: all files of `to`.
 * For a comparison "since they parted" give the merge base as `from`. @throws Failure `not_found`.
 */
export async function listChanges(
  repository: BareRepository,
  from: string | null,
  to: string,
  options?: ReadOptions,
): Promise<readonly Change[]> {
  const base = from === null ? await emptyTree(repository, options) : checkSha(from);
  const args = ['diff-tree', '-r', '-z', '--no-renames', '--name-status', base, checkSha(to), '--'];
  const output = await orNotFound(`${from ?? ''} ${to}`, readGit(repository, args, options));
  const parts = output.toString().split('\0');
  const changes: Change[] = [];
  for (let at = 0; at + 1 < parts.length; at += 2) {
    changes.push({ kind: KINDS[parts[at] ?? ''] ?? 'modified', path: parts[at + 1] ?? '' });
  }
  return changes;
}

/** Git knows it without having it; its name depends on the hash. */
export async function emptyTree(repository: BareRepository, options?: ReadOptions): Promise<string> {
  const output = await readGit(repository, ['hash-object', '-t', 'tree', '--stdin'], options, { input: '' });
  return output.toString().trim();
}
