import { Failure, invariant } from '../../base/index.ts';
import { type BareRepository, type ReadOptions, readGit } from '../bare/bare-repository.ts';
import { gitFailure } from '../process/git-failure.ts';
import { orNotFound } from './commits.ts';
import { checkSha, checkTreePath } from './names.ts';
import { findEntries, findEntry, type SizedEntry } from './tree.ts';

/** So many names fit into one command. */
const MOST_AT_ONCE = 100;
/** In front of what `cat-file --batch` prints of a blob, and behind it. */
const MOST_AROUND_BLOB = 120;
/** So much is printed by one command and held as one piece, or one file that has more. */
const MOST_BYTES_AT_ONCE = 8 * 1024 * 1024;

export interface FileAtRevision {
  readonly entry: SizedEntry;
  readonly content: Buffer;
}

/**
 * A file, byte for byte; of a link, where it points to.
 * @returns null when there is none at this path, or something else (a directory, a submodule).
 * @throws Failure `output_too_large` when it has more than `maxBytes`, before any of it is read; `not_found` for the commit; `bad_name`.
 */
export async function readFile(
  repository: BareRepository,
  sha: string,
  path: string,
  options: ReadOptions & { readonly maxBytes: number },
): Promise<FileAtRevision | null> {
  const entry = await findEntry(repository, sha, path, options);
  if (entry === null || entry.kind !== 'file') return null;
  if (entry.sizeBytes > options.maxBytes) throw tooLarge(entry, options.maxBytes);
  const limits = { ...options, maxOutputBytes: options.maxBytes };
  return { entry, content: await readGit(repository, ['cat-file', 'blob', entry.sha], limits) };
}

function tooLarge({ path, sizeBytes }: Pick<SizedEntry, 'path' | 'sizeBytes'>, maxBytes: number): Failure {
  return gitFailure('output_too_large', `${JSON.stringify(path)} has ${sizeBytes} bytes, at most ${maxBytes}`);
}

export interface FilesLimits {
  /** Of one. */
  readonly maxBytes: number;
  /** Of all together: all of them are held in memory. */
  readonly maxTotalBytes: number;
}

/**
 * Files by path, byte for byte, as `readFile` reads one; two processes for a hundred of them, or one more for each 8 MiB.
 * @returns for each path its file; null when there is none; a Failure `output_too_large` when it, or it and those before it, are too large, or `bad_name`.
 * @throws Failure `not_found` for the commit
 */
export async function readFiles(
  repository: BareRepository,
  sha: string,
  paths: readonly string[],
  options: ReadOptions & FilesLimits,
): Promise<ReadonlyMap<string, FileAtRevision | Failure | null>> {
  const found = new Map<string, FileAtRevision | Failure | null>();
  const sound = paths.filter((path) => {
    const failure = wrongName(path);
    found.set(path, failure);
    return failure === null;
  });
  let leftBytes = options.maxTotalBytes;
  for (let at = 0; at < sound.length; at += MOST_AT_ONCE) {
    const some = sound.slice(at, at + MOST_AT_ONCE);
    for (const [path, file] of await readSome(repository, sha, some, { ...options, maxTotalBytes: leftBytes })) {
      found.set(path, file);
      if (!(file instanceof Failure)) leftBytes -= file.entry.sizeBytes;
    }
  }
  return found;
}

function wrongName(path: string): Failure | null {
  if (path === '') return gitFailure('bad_name', 'no path');
  try {
    checkTreePath(path);
    return null;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

async function readSome(
  repository: BareRepository,
  sha: string,
  paths: readonly string[],
  options: ReadOptions & FilesLimits,
): Promise<ReadonlyMap<string, FileAtRevision | Failure>> {
  const { maxBytes, maxTotalBytes } = options;
  const entries = (await findEntries(repository, sha, paths, options)).filter(({ kind }) => kind === 'file');
  let leftBytes = maxTotalBytes;
  const small = entries.filter(({ sizeBytes }) => {
    const fits = sizeBytes <= maxBytes && sizeBytes <= leftBytes;
    if (fits) leftBytes -= sizeBytes;
    return fits;
  });
  const blobs = await readBlobs(repository, small, options);
  const read = (entry: SizedEntry): FileAtRevision | Failure => {
    const content = blobs.get(entry.sha);
    if (content !== undefined) return { entry, content };
    return entry.sizeBytes > maxBytes ? tooLarge(entry, maxBytes) : tooMuch(entry);
  };
  return new Map(entries.map((entry) => [entry.path, read(entry)]));
}

function tooMuch({ path, sizeBytes }: SizedEntry): Failure {
  const much = `${JSON.stringify(path)} has ${sizeBytes} bytes, too many with those of the other files`;
  return gitFailure('output_too_large', much);
}

async function readBlobs(
  repository: BareRepository,
  entries: readonly { readonly sha: string; readonly sizeBytes: number }[],
  options: ReadOptions,
): Promise<ReadonlyMap<string, Buffer>> {
  const sizes = new Map(entries.map(({ sha, sizeBytes }) => [sha, sizeBytes]));
  const blobs = new Map<string, Buffer>();
  for (const some of batchesOf(sizes)) {
    for (const [sha, content] of await readBatch(repository, some, options)) blobs.set(sha, content);
  }
  return blobs;
}

function batchesOf(sizes: ReadonlyMap<string, number>): readonly ReadonlyMap<string, number>[] {
  const batches: Map<string, number>[] = [];
  let left = 0;
  for (const [sha, size] of sizes) {
    let batch = batches.at(-1);
    if (batch === undefined || size > left) {
      batch = new Map();
      batches.push(batch);
      left = MOST_BYTES_AT_ONCE;
    }
    batch.set(sha, size);
    left -= size;
  }
  return batches;
}

async function readBatch(
  repository: BareRepository,
  sizes: ReadonlyMap<string, number>,
  options: ReadOptions,
): Promise<ReadonlyMap<string, Buffer>> {
  const maxOutputBytes = [...sizes.values()].reduce((sum, size) => sum + size + MOST_AROUND_BLOB, 0);
  const input = [...sizes.keys()].map((sha) => `${sha}\n`).join('');
  const output = await readGit(repository, ['cat-file', '--batch'], { ...options, maxOutputBytes }, { input });
  const blobs = new Map<string, Buffer>();
  let at = 0;
  for (const [sha, size] of sizes) {
    const begin = output.indexOf('\n', at) + 1;
    invariant(output.toString('latin1', at, begin) === `${sha} blob ${size}\n`, `git names ${sha}`);
    blobs.set(sha, output.subarray(begin, begin + size));
    at = begin + size + 1;
  }
  return blobs;
}

/** A file's bytes by the sha of its blob, whole. @throws Failure `not_found`, `bad_name`, `output_too_large`. */
export async function readBlob(repository: BareRepository, sha: string, options?: ReadOptions): Promise<Buffer> {
  return await orNotFound(sha, readGit(repository, ['cat-file', 'blob', checkSha(sha)], options));
}
