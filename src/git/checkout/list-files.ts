import { runGit } from '../process/run-git.ts';
import { splitNames } from '../process/split-names.ts';

/**
 * The files of the checkout as it is: tracked and untracked ones, without those that git ignores and those that were deleted.
 * Relative to `topLevel`, `/`-separated. A submodule appears as its directory. Bytes of a name that are no UTF-8 become U+FFFD;
 * such a name can still be counted and matched by a wildcard.
 */
export async function listFiles(topLevel: string, signal?: AbortSignal): Promise<readonly string[]> {
  const args = ['ls-files', '-z', '-t', '--cached', '--others', '--deleted', '--exclude-standard'];
  const listed = splitNames(await runGit({ cwd: topLevel, args, ...(signal && { signal }) }));
  // A letter and a space stand before each name. One that was deleted is listed for what is in the index, and once more with an R.
  const isDeleted = (entry: string): boolean => entry.startsWith('R ');
  const files = new Set(listed.filter((entry) => !isDeleted(entry)).map((entry) => entry.slice(2)));
  for (const entry of listed) if (isDeleted(entry)) files.delete(entry.slice(2));
  return [...files];
}
