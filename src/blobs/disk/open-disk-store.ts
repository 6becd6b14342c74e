import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectory } from '../../base/index.ts';
import { diskFailure } from '../blob-failure.ts';
import { checkKey, checkPrefix } from '../blob-key.ts';
import type { BlobStore } from '../blob-store.ts';
import { type DiskRoot, DRAFTS } from './disk-root.ts';
import { listBlobs } from './list-blobs.ts';
import { openBlob, statBlob } from './read-blob.ts';
import { removeBlob } from './remove-blob.ts';
import { sweepDrafts } from './sweep-drafts.ts';
import { createTurns } from './turns.ts';
import { writeBlob } from './write-blob.ts';

/**
 * Blobs as plain files below one directory (made when it is missing, mode 0700), each with its checksum beside it. One process at a time
 * writes below a root; any may read.
 */
export function openDiskStore({ root: path }: { readonly root: string }): BlobStore {
  try {
    makeDirectory(join(path, DRAFTS), 0o700);
  } catch (error) {
    throw diskFailure(error, `make ${path}`);
  }
  const root: DiskRoot = { path: realpathSync(path), turns: createTurns(), drafts: new Set() };
  return {
    put: async (key, source, options) => writeBlob(root, checkKey(key), source, options),
    open: async (key, range = {}) => openBlob(root, checkKey(key), range),
    stat: async (key) => statBlob(root, checkKey(key)),
    delete: async (key) => removeBlob(root, checkKey(key)),
    list: async (prefix, options = {}) => listBlobs(root, checkPrefix(prefix), options),
    sweep: (before) => sweepDrafts(root, before),
    close: () => undefined,
  };
}
