import { join } from 'node:path';
import type { Gate } from '../process/gate.ts';
import { gitFailure } from '../process/git-failure.ts';
import { type GitCall, runGit } from '../process/run-git.ts';
import type { GitStart } from '../process/start-git.ts';

/** One repository of the coordinator. Made by `Repositories.at`; that it exists is not said. */
export interface BareRepository {
  /** Absolute; ends in `.git`. */
  readonly gitDir: string;
  readonly start: GitStart;
  /** Shared by all repositories of a root. */
  readonly reads: Gate;
}

/** Old histories are full of these; GitLab lets them pass too. */
const TOLERATED = ['badTimezone', 'missingSpaceBeforeDate', 'zeroPaddedFilemode'];

/** Commits that pipelines need, whatever happens to their branch. */
export const KEPT_REFS = 'refs/keep';

/**
 * Given to every git, for they are this program's policy and not the repository's: an upgrade holds for old repositories too, and
 * what git starts inherits them.
 */
const SETTINGS: readonly string[] = [
  'core.hooksPath=/dev/null',
  'core.attributesFile=/dev/null',
  'core.fsmonitor=false',
  'core.quotePath=false',
  'core.fsync=objects,derived-metadata,reference',
  // Larger files are streamed and never held in memory; git's own is 512m.
  'core.bigFileThreshold=32m',
  'pack.windowMemory=64m',
  'pack.threads=2',
  'safe.bareRepository=explicit',
  'i18n.logOutputEncoding=UTF-8',
  'log.showSignature=false',
  'gc.auto=0',
  'gc.autoDetach=false',
  'maintenance.auto=false',
  'receive.autogc=false',
  // A pack stays one: half the time of unpacking it, for 30 objects as for 100 MB, because two files are synced instead of one an object.
  'receive.unpackLimit=1',
  'receive.fsckObjects=true',
  ...TOLERATED.map((fault) => `receive.fsck.${fault}=ignore`),
  'receive.advertisePushOptions=true',
  'receive.advertiseAtomic=true',
  `transfer.hideRefs=${KEPT_REFS}`,
  'uploadpack.allowFilter=true',
  'uploadpack.allowAnySHA1InWant=true',
];

/** `path`: PATH for git and what it starts; nothing else of our environment reaches it. */
export function describeBareRepository(gitDir: string, path: string, reads: Gate): BareRepository {
  // Whoever's user id the files bear, on a shared volume or for an administrator: this directory is ours.
  const settings = [...SETTINGS, `safe.directory=${gitDir}`];
  return {
    gitDir,
    reads,
    start: {
      file: 'git',
      args: [`--git-dir=${gitDir}`, ...settings.flatMap((setting) => ['-c', setting])],
      env: {
        PATH: path,
        LC_ALL: 'C',
        TZ: 'UTC',
        HOME: join(gitDir, 'nobody-lives-here'),
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_ATTR_NOSYSTEM: '1',
        GIT_TERMINAL_PROMPT: '0',
        GIT_OPTIONAL_LOCKS: '0',
        GIT_LITERAL_PATHSPECS: '1',
        GIT_NO_REPLACE_OBJECTS: '1',
      },
    },
  };
}

export interface ReadOptions {
  readonly signal?: AbortSignal;
  /** Waiting for its turn included; default 30 s. */
  readonly timeoutMs?: number;
  /** Default 64 MiB. */
  readonly maxOutputBytes?: number;
}

type Details = Pick<GitCall, 'input' | 'okCodes'>;

/** Asks a repository something. @throws Failure as `runGit`. */
export async function readGit(
  { gitDir, start, reads }: BareRepository,
  args: readonly string[],
  options: ReadOptions = {},
  details: Details = {},
): Promise<Buffer> {
  const timeoutMs = options.timeoutMs ?? 30_000;
  const turn = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(options.signal ? [options.signal] : [])]);
  const call: GitCall = {
    cwd: gitDir,
    start,
    args,
    signal: turn,
    timeoutMs,
    maxOutputBytes: options.maxOutputBytes ?? 64 * 1024 * 1024,
    ...details,
  };
  try {
    return await reads.pass(() => runGit(call), turn);
  } catch (error) {
    if (!turn.aborted) throw error;
    const what = `git ${args[0]} in ${gitDir}`;
    if (options.signal?.aborted) throw gitFailure('canceled', `${what} was canceled`);
    throw gitFailure('git_timeout', `${what} took longer than ${timeoutMs} ms`);
  }
}

/** Changes a repository. */
export function writeGit(
  { gitDir, start }: BareRepository,
  args: readonly string[],
  details: Details & Pick<GitCall, 'signal' | 'timeoutMs'> = {},
): Promise<Buffer> {
  return runGit({ cwd: gitDir, start, args, writes: true, ...details });
}
