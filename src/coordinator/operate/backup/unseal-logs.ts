import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeDirectory, toBytePath } from '../../../base/index.ts';
import { logKeys } from '../../../blobs/index.ts';
import { logFile } from '../../logs/index.ts';
import { linkFile, listDirectory } from './link-tree.ts';

/** Jobs whose sealed log lies among these blobs. */
export function sealedLogs(dataDir: string): ReadonlySet<number> {
  const root = join(dataDir, 'blobs', 'logs');
  const folders = (listDirectory(toBytePath(root)) ?? []).map(({ name }) => toBytePath(join(root, name)));
  return new Set(folders.flatMap((folder) => (listDirectory(folder) ?? []).map(({ name }) => Number(name))));
}

/** Gives the log of a job back the file that it grew in, unless that is there. Where the database says that it is sealed, a sweep removes the file. */
export function unsealLog(dataDir: string, jobId: number): void {
  const file = logFile({ dataDir }, jobId);
  makeDirectory(dirname(file), 0o700);
  const sealed = toBytePath(join(dataDir, 'blobs', logKeys(jobId).log));
  if (!existsSync(file)) linkFile(sealed, toBytePath(file));
}
