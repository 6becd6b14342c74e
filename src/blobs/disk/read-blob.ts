import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, open, readFile } from 'node:fs/promises';
import { addAbortSignal, Readable } from 'node:stream';
import { errorCode } from '../../base/index.ts';
import { blobFailure, diskFailure } from '../blob-failure.ts';
import { SIDECAR } from '../blob-key.ts';
import type { BlobStat, OpenedBlob, ReadRange } from '../blob-store.ts';
import { clampRange } from '../byte-range.ts';
import { parseSidecar } from '../sidecar.ts';
import { type DiskRoot, findPlace } from './disk-root.ts';

const READ_BYTES = 256 * 1024;

export async function openBlob(root: DiskRoot, key: string, range: ReadRange): Promise<OpenedBlob> {
  let file: FileHandle | undefined;
  try {
    const path = await findPlace(root, key);
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stats = await file.stat();
    if (!stats.isFile()) throw blobFailure('not_permitted', `${path} is no file`);
    const { start, end } = clampRange(range, stats.size);
    const sha256 = await readChecksum(path, stats);
    return { sizeBytes: stats.size, sha256, body: await bodyOf(file, { start, end, signal: range.signal }) };
  } catch (error) {
    await file?.close();
    throw diskFailure(error, `open ${key}`);
  }
}

export async function statBlob(root: DiskRoot, key: string): Promise<BlobStat | null> {
  try {
    const path = await findPlace(root, key);
    const stats = await lstat(path);
    if (!stats.isFile()) throw blobFailure('not_permitted', `${path} is no file`);
    return { sizeBytes: stats.size, sha256: await readChecksum(path, stats), modifiedMs: stats.mtimeMs };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw diskFailure(error, `look at ${key}`);
  }
}

async function bodyOf(
  file: FileHandle,
  { start, end, signal }: { readonly start: number; readonly end: number; readonly signal: AbortSignal | undefined },
): Promise<Readable> {
  if (start === end) {
    await file.close();
    return Readable.from([], { objectMode: false });
  }
  const body = file.createReadStream({ start, end: end - 1, highWaterMark: READ_BYTES });
  return signal === undefined ? body : addAbortSignal(signal, body);
}

/** Null unless it is this very file's: a put in between takes the old checksum away before it moves its blob, and then the file is another one. */
async function readChecksum(path: string, { ino, size }: Stats): Promise<string | null> {
  try {
    const sidecar = parseSidecar(await readFile(path + SIDECAR, 'latin1'));
    const now = await lstat(path);
    return sidecar?.sizeBytes === size && now.ino === ino ? sidecar.sha256 : null;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
