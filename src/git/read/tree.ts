import { type BareRepository, type ReadOptions, readGit } from '../bare/bare-repository.ts';
import { gitFailure } from '../process/git-failure.ts';
import { orNotFound } from './commits.ts';
import { checkSha, checkTreePath } from './names.ts';

export interface TreeEntry {
  readonly kind: 'file' | 'directory' | 'submodule';
  /** `100644`, `100755`, `120000` (a link), `040000`, `160000`. */
  readonly mode: string;
  readonly sha: string;
  /** From the top of the repository. Bytes that are no UTF-8 become U+FFFD. */
  readonly path: string;
  readonly name: string;
}

export interface SizedEntry extends TreeEntry {
  /** Of a file; 0 for all others. */
  readonly sizeBytes: number;
}

export interface TreeQuery extends ReadOptions {
  /** Default: the top. */
  readonly path?: string;
  /** With all directories below, each before what it contains. */
  readonly recursive?: boolean;
}

/**
 * What lies in a directory at a commit, by name in git's order, whole: paging is cutting.
 * @throws Failure `not_found` when there is no such commit or directory, `bad_name`, `output_too_large`.
 */
export async function listTree(
  repository: BareRepository,
  sha: string,
  query: TreeQuery = {},
): Promise<readonly TreeEntry[]> {
  const path = checkTreePath(query.path ?? '');
  const place = `${checkSha(sha)}:${path}`;
  const args = ['ls-tree', '-z', ...(query.recursive ? ['-r', '-t'] : []), place];
  const output = await orNotFound(place, readGit(repository, args, query));
  return parseTree(output, path === '' ? '' : `${path}/`);
}

/** The entry at a path; null when there is none. @throws Failure `not_found` when there is no such commit. */
export async function findEntry(
  repository: BareRepository,
  sha: string,
  path: string,
  options?: ReadOptions,
): Promise<SizedEntry | null> {
  if (path === '') throw gitFailure('bad_name', 'no path');
  return (await findEntries(repository, sha, [path], options))[0] ?? null;
}

/** The entries at paths, of those that are there; as many paths as one command takes. @throws Failure `not_found` when there is no such commit. */
export async function findEntries(
  repository: BareRepository,
  sha: string,
  paths: readonly string[],
  options?: ReadOptions,
): Promise<readonly SizedEntry[]> {
  if (paths.length === 0) return [];
  const args = ['ls-tree', '-z', '-l', '--full-tree', checkSha(sha), '--', ...paths.map(checkTreePath)];
  const output = await orNotFound(sha, readGit(repository, args, options));
  const asked = new Set(paths);
  return parseTree(output, '').filter((entry) => asked.has(entry.path));
}

const KINDS: Readonly<Record<string, TreeEntry['kind']>> = { blob: 'file', tree: 'directory', commit: 'submodule' };

/** Lines of `ls-tree -z`, with sizes (`-l`) or without. */
function parseTree(output: Buffer, prefix: string): readonly SizedEntry[] {
  return output
    .toString()
    .split('\0')
    .filter(Boolean)
    .map((line) => {
      const tab = line.indexOf('\t');
      const [mode = '', type = '', sha = '', size = ''] = line.slice(0, tab).split(/ +/);
      const path = `${prefix}${line.slice(tab + 1)}`;
      const name = path.slice(path.lastIndexOf('/') + 1);
      return { kind: KINDS[type] ?? 'file', mode, sha, path, name, sizeBytes: Number(size) || 0 };
    });
}
