import { closeSync, createWriteStream, fchmodSync, futimesSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { chmod, lstat, lutimes, mkdir, realpath, rm, symlink, utimes } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { describeError, errorCode, Failure } from '../../base/index.ts';
import type { CollectedFile } from '../executor.ts';
import { checkPath } from './check-path.ts';

const SMALL_BYTES = 64 * 1024;

interface Delivery {
  /** Without links. */
  readonly root: string;
  /** Directories known to lie inside; forgotten when a link is made, which may change where they lead. */
  readonly safe: Set<string>;
  readonly signal: AbortSignal;
}

/**
 * Writes files below the project directory, replacing what is there. Links are made as they are, but nothing is written
 * through one that leads out.
 * @throws Failure `path_refused` for a path that leaves the directory, `files_not_delivered` when the system refuses.
 */
export async function deliverFiles(
  projectDir: string,
  files: AsyncIterable<CollectedFile>,
  signal: AbortSignal,
): Promise<void> {
  const delivery: Delivery = { root: await realpath(projectDir), safe: new Set(), signal };
  const directories: CollectedFile[] = [];
  for await (const file of files) {
    signal.throwIfAborted();
    checkPath(file.path);
    await attempt(file, () => write(delivery, file));
    if (file.kind === 'directory') directories.push(file);
  }
  // Last, and the deepest first: a read-only directory takes no files, and each new file changes its directory's time.
  for (const file of directories.reverse()) await attempt(file, () => finishDirectory(delivery, file));
}

async function attempt(file: CollectedFile, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof Failure || errorCode(error) === 'ABORT_ERR') throw error;
    const text = `${file.path} cannot be written: ${describeError(error)}`;
    throw new Failure('files_not_delivered', text, { cause: error });
  }
}

async function write(delivery: Delivery, file: CollectedFile): Promise<void> {
  const path = join(delivery.root, file.path);
  await makeParent(delivery, dirname(path), file);
  if (file.kind === 'directory') return makeDirectory(delivery, path, file);
  // Unlinked and not overwritten: what is there may be a link, or a file that another name shares.
  unlinkIfThere(path);
  if (file.kind === 'symlink') {
    delivery.safe.clear();
    await symlink((await buffer(file.open())).toString(), path);
    return lutimes(path, file.modifiedMs / 1000, file.modifiedMs / 1000);
  }
  if (file.sizeBytes <= SMALL_BYTES) return writeSmall(path, await buffer(file.open()), file);
  await pipeline(file.open(), createWriteStream(path, { flags: 'wx', mode: 0o600 }), { signal: delivery.signal });
  await chmod(path, file.mode & 0o777);
  await utimes(path, file.modifiedMs / 1000, file.modifiedMs / 1000);
}

function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

/** At once, without trips through the thread pool: what makes the 20,000 small files of a package cache quick. */
function writeSmall(path: string, content: Buffer, { mode, modifiedMs }: CollectedFile): void {
  const fd = openSync(path, 'wx', 0o600);
  try {
    for (let done = 0; done < content.length; ) done += writeSync(fd, content, done);
    fchmodSync(fd, mode & 0o777);
    futimesSync(fd, modifiedMs / 1000, modifiedMs / 1000);
  } finally {
    closeSync(fd);
  }
}

/** Makes missing directories one by one, each only once its parent is known to lie inside. */
async function makeParent(delivery: Delivery, directory: string, file: CollectedFile): Promise<void> {
  if (directory === delivery.root || delivery.safe.has(directory)) return;
  await makeParent(delivery, dirname(directory), file);
  await mkdir(directory).catch((error: unknown) => {
    if (errorCode(error) !== 'EEXIST') throw error;
  });
  const real = await realpath(directory);
  if (real !== delivery.root && !real.startsWith(delivery.root + sep)) {
    throw new Failure('path_refused', `${file.path} leads out of the project directory through a link`);
  }
  delivery.safe.add(directory);
}

async function makeDirectory(delivery: Delivery, path: string, file: CollectedFile): Promise<void> {
  const existing = await lstat(path).catch(() => null);
  if (existing !== null && !existing.isDirectory()) await rm(path);
  await makeParent(delivery, path, file);
}

async function finishDirectory({ root }: Delivery, file: CollectedFile): Promise<void> {
  const path = join(root, file.path);
  // A later entry may have put something else in its place.
  if (!(await lstat(path)).isDirectory()) return;
  await chmod(path, file.mode & 0o777);
  await utimes(path, file.modifiedMs / 1000, file.modifiedMs / 1000);
}
