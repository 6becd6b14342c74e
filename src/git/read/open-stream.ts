import type { Readable } from 'node:stream';
import type { BareRepository } from '../bare/bare-repository.ts';
import { gitFailure } from '../process/git-failure.ts';
import { openOutput } from '../process/output.ts';
import { streamGit } from '../process/stream-git.ts';
import { createWatch } from '../process/watch.ts';
import { checkSha, checkTreePath } from './names.ts';

export interface StreamOptions {
  readonly stallMs: number;
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
}

export interface GitBytes {
  /** Destroyed with a Failure when it was cut, so that nobody takes a part for the whole. Destroy it to stop. */
  readonly body: Readable;
  /** Settles when git is gone. Never unhandled. */
  readonly done: Promise<void>;
}

/** A file's bytes by the sha of its blob, however large. @throws Failure `not_found`. */
export function openBlob(repository: BareRepository, sha: string, options: StreamOptions): Promise<GitBytes> {
  return openStream(repository, ['cat-file', 'blob', checkSha(sha)], options);
}

export interface ArchiveOptions extends StreamOptions {
  readonly format: 'tar.gz' | 'tar' | 'zip';
  /** The directory that all lies in, '' for none; see `archivePrefix`. */
  readonly prefix: string;
  /** Only this directory or file. */
  readonly path?: string;
}

/** The files of a commit. @throws Failure `not_found` for the commit or the path. */
export function openArchive(repository: BareRepository, sha: string, options: ArchiveOptions): Promise<GitBytes> {
  const { format, prefix, path } = options;
  const args = [
    'archive',
    `--format=${format}`,
    `--prefix=${prefix === '' ? prefix : `${checkTreePath(prefix)}/`}`,
    checkSha(sha),
  ];
  return openStream(repository, [...args, ...(path ? ['--', checkTreePath(path)] : [])], options);
}

/** As GitLab names it: `project-ref-sha`, with the path's name behind it. */
export function archivePrefix(projectPath: string, ref: string, sha: string, path = ''): string {
  const parts = [projectPath, ref, checkSha(sha), ...(path === '' ? [] : [path])];
  return parts.map((part) => part.replace(/[^\w.@+-]+/gu, '-')).join('-');
}

async function openStream(
  repository: BareRepository,
  args: readonly string[],
  options: StreamOptions,
): Promise<GitBytes> {
  const watch = createWatch({ what: `git ${args[0]} in ${repository.gitDir}`, ...options });
  const output = openOutput(watch);
  const run = async () => {
    try {
      const { code, words } = await streamGit({ repository, args, input: null, watch, take: output.write });
      if (code !== 0) throw failureOf(args, words);
      output.end();
    } catch (error) {
      output.fail(error);
      throw error;
    } finally {
      watch.close();
    }
  };
  const done = run();
  done.catch(() => {});
  await output.begun;
  return { body: output.stream, done };
}

function failureOf([command]: readonly string[], words: string): Error {
  const isAbsent = /not a (?:valid object|tree)|bad file|Not a valid|pathspec|did not match/i.test(words);
  return gitFailure(isAbsent ? 'not_found' : 'git_failed', `git ${command}: ${words}`);
}
