import { type BareRepository, type ReadOptions, readGit } from '../bare/bare-repository.ts';
import { emptyTree } from './changes.ts';
import { orNotFound } from './commits.ts';
import { checkSha } from './names.ts';

/** How one file differs between two commits. Bytes that are no UTF-8 become U+FFFD. */
export interface FileDiff {
  readonly kind: 'added' | 'deleted' | 'renamed' | 'changed';
  readonly oldPath: string;
  readonly newPath: string;
  /** `100644`, …; `0`: it was not there. */
  readonly oldMode: string;
  readonly newMode: string;
  /** From the first `@@` on; of a binary file one line that says so. */
  readonly patch: string;
}

/** What became of each file between two commits, renames found; `from` null: all of `to` is new. @throws Failure `not_found`, `output_too_large`. */
export async function listDiffs(
  repository: BareRepository,
  from: string | null,
  to: string,
  options?: ReadOptions,
): Promise<readonly FileDiff[]> {
  const base = from === null ? await emptyTree(repository, options) : checkSha(from);
  const ask = (...args: readonly string[]): Promise<Buffer> =>
    orNotFound(
      `${from ?? ''} ${to}`,
      readGit(repository, ['diff-tree', '-r', '-M', ...args, base, checkSha(to), '--'], options),
    );
  // Asked twice, for in the list names are whole and in the patches they are quoted, so that neither can pass for the other.
  const [list, patches] = await Promise.all([ask('--raw', '-z'), ask('-p')]);
  const sections = patches.toString().split(/^(?=diff --git )/m);
  return parseList(list.toString()).map(({ status, ...file }) => {
    // A file that became a link or the other way goes and comes.
    const own = status === 'T' ? sections.splice(0, 2) : sections.splice(0, 1);
    return { ...file, patch: own.map(bodyOf).join('') };
  });
}

function parseList(text: string): readonly (Omit<FileDiff, 'patch'> & { readonly status: string })[] {
  const parts = text.split('\0');
  const found: (Omit<FileDiff, 'patch'> & { status: string })[] = [];
  for (let at = 0; parts[at]?.startsWith(':'); ) {
    const [oldMode = '', newMode = '', , , word = ''] = (parts[at] ?? '').slice(1).split(' ');
    const status = word.charAt(0);
    const oldPath = parts[at + 1] ?? '';
    const isTwo = status === 'R' || status === 'C';
    found.push({
      status,
      kind: status === 'A' ? 'added' : status === 'D' ? 'deleted' : isTwo ? 'renamed' : 'changed',
      oldPath,
      newPath: isTwo ? (parts[at + 2] ?? '') : oldPath,
      oldMode: oldMode.replace(/^0+$/, '0'),
      newMode: newMode.replace(/^0+$/, '0'),
    });
    at += isTwo ? 3 : 2;
  }
  return found;
}

function bodyOf(section: string): string {
  const at = section.search(/^(?:@@ |Binary files )/m);
  return at < 0 ? '' : section.slice(at);
}
