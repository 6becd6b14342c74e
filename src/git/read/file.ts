import { type BareRepository, type ReadOptions, readGit } from '../bare/bare-repository.ts';
import { gitFailure } from '../process/git-failure.ts';
import { orNotFound } from './commits.ts';
import { checkSha } from './names.ts';
import { findEntry, type SizedEntry } from './tree.ts';

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
  if (entry.sizeBytes > options.maxBytes) {
    throw gitFailure(
      'output_too_large',
      `${JSON.stringify(path)} has ${entry.sizeBytes} bytes, at most ${options.maxBytes}`,
    );
  }
  const limits = { ...options, maxOutputBytes: options.maxBytes };
  return { entry, content: await readGit(repository, ['cat-file', 'blob', entry.sha], limits) };
}

/** A file's bytes by the sha of its blob, whole. @throws Failure `not_found`, `bad_name`, `output_too_large`. */
export async function readBlob(repository: BareRepository, sha: string, options?: ReadOptions): Promise<Buffer> {
  return await orNotFound(sha, readGit(repository, ['cat-file', 'blob', checkSha(sha)], options));
}
