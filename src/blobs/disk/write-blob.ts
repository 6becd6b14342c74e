import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { diskFailure } from '../blob-failure.ts';
import { SIDECAR } from '../blob-key.ts';
import type { PutOptions, StoredBlob } from '../blob-store.ts';
import { measure } from '../measure.ts';
import { formatSidecar } from '../sidecar.ts';
import { type DiskRoot, DRAFTS, makePlace, syncDirectory } from './disk-root.ts';
import { dropFile } from './remove-blob.ts';

/** Draft, sync, rename, sync of the directory. */
export async function writeBlob(
  root: DiskRoot,
  key: string,
  source: AsyncIterable<Uint8Array>,
  options: PutOptions,
): Promise<StoredBlob> {
  const name = randomUUID();
  const draft = join(root.path, DRAFTS, name);
  root.drafts.add(name).add(name + SIDECAR);
  try {
    const { chunks, stored } = measure(source, options);
    await writeFile(draft, chunks);
    await writeFile(draft + SIDECAR, [Buffer.from(formatSidecar({ ...stored(), version: null }))]);
    await root.turns.take(dirname(key), () => publish(root, key, draft));
    return stored();
  } catch (error) {
    // What cannot be removed now is swept later.
    await Promise.allSettled([dropFile(draft), dropFile(draft + SIDECAR)]);
    throw diskFailure(error, `store ${key}`);
  } finally {
    root.drafts.delete(name);
    root.drafts.delete(name + SIDECAR);
  }
}

/**
 * Between the moves a blob has no checksum; it never has another one's. So the old checksum goes first, and is known to be gone
 * before the new blob comes: the disk may bring moves that follow each other into any order.
 */
async function publish(root: DiskRoot, key: string, draft: string): Promise<void> {
  const path = await makePlace(root, key);
  if (await dropFile(path + SIDECAR)) await syncDirectory(dirname(path));
  await rename(draft, path);
  await rename(draft + SIDECAR, path + SIDECAR);
  await syncDirectory(dirname(path));
}

/** A new file with these bytes, on the disk when this resolves. The next chunk is fetched and hashed while one is written. */
async function writeFile(path: string, chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    let written: Promise<void> = Promise.resolve();
    for await (const chunk of chunks) {
      await written;
      written = writeAll(file, chunk);
      written.catch(() => undefined); // said by the next `await written`, unless the source failed first
    }
    await written;
    await file.datasync();
  } finally {
    await file.close();
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) done += (await file.write(bytes, done)).bytesWritten;
}
