import type { CollectedFile, FileSelection } from '../../executors/index.ts';
import { warningLine } from '../log/sections.ts';

/** What a log says about the files that artifacts or caches pick. Source: GitLab's runner. */
export function foundLine(selection: FileSelection, count: number): string {
  return `${names(selection)}: found ${count} matching files and directories\n`;
}

export function nothingFoundLine(selection: FileSelection): string {
  return warningLine(
    `${names(selection)}: no matching files. Ensure that the path is relative to the working directory`,
  );
}

function names({ paths, untracked }: FileSelection): string {
  return [...paths, ...(untracked ? ['untracked'] : [])].join(', ');
}

/** The same files, with the first one already looked for; null when there is none. */
export async function unlessEmpty(files: AsyncIterable<CollectedFile>): Promise<AsyncIterable<CollectedFile> | null> {
  const iterator = files[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done) return null;
  return (async function* () {
    try {
      yield first.value;
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  })();
}
