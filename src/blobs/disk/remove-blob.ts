import { rmdir, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode } from '../../base/index.ts';
import { diskFailure } from '../blob-failure.ts';
import { SIDECAR } from '../blob-key.ts';
import { type DiskRoot, findPlace } from './disk-root.ts';

/** The checksum first: a blob without one is still listed, and can be removed again. */
export async function removeBlob(root: DiskRoot, key: string): Promise<void> {
  await root.turns.take(dirname(key), async () => {
    try {
      const path = await findPlace(root, key);
      await dropFile(path + SIDECAR);
      await dropFile(path);
      await rmdir(dirname(path));
    } catch (error) {
      const code = errorCode(error);
      if (code !== 'ENOENT' && code !== 'ENOTEMPTY' && code !== 'EEXIST') throw diskFailure(error, `remove ${key}`);
    }
  });
}

/** Whether it was there. */
export async function dropFile(path: string): Promise<boolean> {
  try {
    await unlink(path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
