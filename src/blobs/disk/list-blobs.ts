import { lstat, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { errorCode } from '../../base/index.ts';
import { diskFailure } from '../blob-failure.ts';
import { isKey } from '../blob-key.ts';
import type { BlobPage, ListedBlob } from '../blob-store.ts';
import { type DiskRoot, DRAFTS } from './disk-root.ts';

const DEFAULT_LIMIT = 1000;
/** Levels of directories above a blob. */
const DEPTH = 3;

export async function listBlobs(
  root: DiskRoot,
  prefix: string,
  { after = '', limit = DEFAULT_LIMIT }: { readonly after?: string; readonly limit?: number },
): Promise<BlobPage> {
  const blobs: ListedBlob[] = [];
  try {
    for await (const key of keysBelow(root, prefix, after)) {
      if (blobs.length === limit) return { blobs, next: blobs.at(-1)?.key ?? null };
      const blob = await describe(root, key);
      if (blob !== null) blobs.push(blob);
    }
  } catch (error) {
    throw diskFailure(error, `list ${prefix}`);
  }
  return { blobs, next: null };
}

/** Folders that end before `after` are not read. */
async function* keysBelow(root: DiskRoot, folder: string, after: string): AsyncGenerator<string> {
  const depth = folder.split('/').length - 1;
  for (const name of await namesIn(resolve(root.path, folder))) {
    const path = folder + name;
    if (depth === DEPTH) {
      if (path > after && isKey(path)) yield path;
    } else if (path !== DRAFTS && (`${path}/` > after || after.startsWith(`${path}/`))) {
      yield* keysBelow(root, `${path}/`, after);
    }
  }
}

/** Sorted; none for what is no directory, or was removed meanwhile. */
async function namesIn(path: string): Promise<readonly string[]> {
  try {
    if (!(await lstat(path)).isDirectory()) return [];
    return (await readdir(path)).sort();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

async function describe(root: DiskRoot, key: string): Promise<ListedBlob | null> {
  try {
    const stats = await lstat(join(root.path, key));
    return stats.isFile() ? { key, sizeBytes: stats.size, modifiedMs: stats.mtimeMs } : null;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
