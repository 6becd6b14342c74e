import { runGit } from '../process/run-git.ts';
import { splitNames } from '../process/split-names.ts';

/**
 * The files of the checkout as it is: tracked and untracked ones, without those that git ignores and those that were deleted.
 * Relative to `topLevel`, `/`-separated. A submodule appears as its directory. Bytes of a name that are no UTF-8 become U+FFFD;
 * such a name can still be counted and matched by a wildcard.
 */
export async function listFiles(topLevel: string, signal?: AbortSignal): Promise<readonly string[]> {
  const list = (...args: string[]) =>
    runGit({ cwd: topLevel, args: ['ls-files', '-z', ...args], ...(signal && { signal }) });
  const [present, deleted] = await Promise.all([list('--cached', '--others', '--exclude-standard'), list('--deleted')]);
  const files = new Set(splitNames(present));
  for (const name of splitNames(deleted)) files.delete(name);
  return [...files];
}
