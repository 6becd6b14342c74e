import { lstat, mkdir, open, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode } from '../../base/index.ts';
import { blobFailure } from '../blob-failure.ts';
import type { Turns } from './turns.ts';

export interface DiskRoot {
  /** Absolute, and no link is part of it. */
  readonly path: string;
  /** By directory of a blob: what removes an empty one must not meet what moves a blob into it. */
  readonly turns: Turns;
  /** The drafts that are being written right now, by name. */
  readonly drafts: Set<string>;
}

/** Beside the blobs, so that a rename stays on one file system. No key begins like this. */
export const DRAFTS = 'drafts';

/** Where a blob lies. Its directory is really there: a link on the way would lead out of the root. */
export async function findPlace(root: DiskRoot, key: string): Promise<string> {
  const path = join(root.path, key);
  if ((await realpath(dirname(path))) !== dirname(path)) throw leadsOut(dirname(path));
  return path;
}

/** The same, and makes the directories on the way so that they survive a power cut. */
export async function makePlace(root: DiskRoot, key: string): Promise<string> {
  let path = root.path;
  for (const name of key.split('/').slice(0, -1)) {
    const parent = path;
    path = join(parent, name);
    try {
      if (!(await lstat(path)).isDirectory()) throw leadsOut(path);
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
      await makeOne(path);
      await syncDirectory(parent);
    }
  }
  return join(root.path, key);
}

async function makeOne(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    // Another blob's writer was faster.
    if (errorCode(error) !== 'EEXIST') throw error;
  }
}

/** As `base` has it, but the event loop goes on meanwhile. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function leadsOut(path: string): Error {
  return blobFailure('not_permitted', `${path} is no directory, or a link leads to it`);
}
