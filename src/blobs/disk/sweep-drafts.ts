import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../base/index.ts';
import { diskFailure } from '../blob-failure.ts';
import { type DiskRoot, DRAFTS } from './disk-root.ts';
import { dropFile } from './remove-blob.ts';

/** Drafts that this process is writing stay, however old. */
export async function sweepDrafts(root: DiskRoot, before: number): Promise<number> {
  let removed = 0;
  try {
    for (const name of await readdir(join(root.path, DRAFTS))) {
      const path = join(root.path, DRAFTS, name);
      if (root.drafts.has(name) || !(await isOlder(path, before))) continue;
      if (await dropFile(path)) removed += 1;
    }
  } catch (error) {
    throw diskFailure(error, 'sweep drafts');
  }
  return removed;
}

async function isOlder(path: string, before: number): Promise<boolean> {
  try {
    return (await lstat(path)).mtimeMs < before;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
