import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, quoteWord } from '../../../base/index.ts';
import { listTracked } from '../../files/list-untracked.ts';
import { parentsOf } from './list/list-program.ts';
import { isNoSpace } from './no-space.ts';
import type { RemoteFilesOptions } from './remote-files-options.ts';

/** What git tracked in the tree that was delivered. */
export interface Tracked {
  readonly paths: ReadonlySet<string>;
  /** That hold some of them. */
  readonly directories: ReadonlySet<string>;
}

const NONE = 4;
const MOST_BYTES = 64 * 1024 ** 2;

/**
 * Puts down in the place what git tracks in a directory of the runner, or that there is no repository.
 * @throws Failure `git_failed`, `no_space`, `tracked_not_written`
 */
export async function writeTracked(options: RemoteFilesOptions, directory: string, signal: AbortSignal): Promise<void> {
  const file = quoteWord(`${options.stateDir}/tracked`);
  const names = existsSync(join(directory, '.git')) ? await listTracked(directory, signal) : null;
  const data = Buffer.from(names ?? '');
  const program =
    names === null
      ? `rm -rf ${file}\n`
      : `rm -rf ${file}.new\n[ ! -d ${file} ] || rm -rf ${file}\nhead -c ${data.length} >${file}.new && [ "$(stat -c %s ${file}.new)" = ${data.length} ] && mv -f ${file}.new ${file}\n`;
  const answer = await options.programs.ask({ what: 'tracked', program, data, as: 'user', signal });
  if (answer.code === 0) return;
  const code = isNoSpace(answer.stderr) ? 'no_space' : 'tracked_not_written';
  throw new Failure(code, `cannot write down what git tracks: ${answer.stderr.trim()}`);
}

/** null: no repository was delivered. @throws Failure `tracked_unreadable`, `answer_too_long` */
export async function readTracked(options: RemoteFilesOptions, signal: AbortSignal): Promise<Tracked | null> {
  const file = quoteWord(`${options.stateDir}/tracked`);
  const program = `[ -f ${file} ] || exit ${NONE}\ncat ${file}\n`;
  const request = { what: 'tracked', program, as: 'user', signal, limitBytes: MOST_BYTES } as const;
  const { code, stdout, stderr } = await options.programs.ask(request);
  if (code === NONE) return null;
  if (code !== 0) throw new Failure('tracked_unreadable', `cannot read what git tracks: ${stderr.trim()}`);
  const paths = new Set(stdout.toString().split('\0').filter(Boolean));
  const directories = new Set<string>();
  for (const path of paths) {
    for (const parent of parentsOf(path).toReversed()) {
      if (directories.has(parent)) break;
      directories.add(parent);
    }
  }
  return { paths, directories };
}

/** As git sees it: a directory with `.git` in it is a repository of its own; a place that was given up, without a `HEAD`, is none. */
export function noteRepository(repositories: Set<string>, { path, kind }: { path: string; kind: string }): void {
  const suffix = kind === 'directory' ? null : path.endsWith('/.git/HEAD') ? '/.git/HEAD' : '/.git';
  if (suffix !== null && path.endsWith(suffix)) repositories.add(path.slice(0, -suffix.length));
}

/** Ignored files, too. A repository inside of this one is one entry, its files are its own. */
export function isUntracked(
  { paths, directories }: Tracked,
  repositories: ReadonlySet<string>,
  path: string,
  kind: 'file' | 'directory' | 'symlink',
): boolean {
  const isOther = (directory: string): boolean => repositories.has(directory) && !directories.has(directory);
  if (paths.has(path) || path === '.git' || path.startsWith('.git/') || parentsOf(path).some(isOther)) return false;
  return kind !== 'directory' || isOther(path);
}
