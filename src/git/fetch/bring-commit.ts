import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { emptyTree, errorCode, Failure, makeDirectory, removeTree } from '../../base/index.ts';
import { runGit } from '../process/run-git.ts';
import { checkOut } from './check-out.ts';
import {
  type CommitRecord,
  fingerprintOfShallow,
  forgetRecord,
  isHere,
  readRecord,
  writeRecord,
} from './commit-record.ts';
import type { CommitRequest, RunGit, RunGits } from './commit-request.ts';
import { type Access, accessOf } from './git-environment.ts';
import { hasGitLfs } from './large-files.ts';
import { setRefs } from './set-refs.ts';
import { bringSubmodules } from './submodules.ts';
import { writeGitDir } from './write-git-dir.ts';

/**
 * Brings one commit into a directory and checks it out, detached. What an earlier job left there is used where it can be; where git says that it
 * cannot, all of it goes and the commit is fetched anew.
 * @throws Failure as `runGit`; `directory_not_emptied`; `sources_unwritable`
 */
export async function bringCommit(request: CommitRequest): Promise<void> {
  try {
    await bring(request);
  } catch (error) {
    if (error instanceof Failure || errorCode(error) === undefined) throw error;
    throw new Failure('sources_unwritable', `cannot write the sources to ${request.directory}`, { cause: error });
  }
}

async function bring(request: CommitRequest): Promise<void> {
  const { directory, recordFile, say } = request;
  const access = accessOf(request);
  const record = request.isFresh ? null : usableRecord(request, access);
  if (record !== null) {
    try {
      return await work(request, access, record);
    } catch (error) {
      if (!isOfTheDirectory(error)) throw error;
      const why = error instanceof Error ? error.message : String(error);
      say('warning', `what an earlier job left cannot be used, and is fetched anew: ${why}`);
    }
  }
  forgetRecord(recordFile);
  await emptyDirectory(directory, say);
  await work(request, access, null);
}

function usableRecord(
  { recordFile, objectFormat, directory }: CommitRequest,
  { address }: Access,
): CommitRecord | null {
  const record = readRecord(recordFile);
  const isOfThis = record?.address === address && record.objectFormat === objectFormat;
  return isOfThis && existsSync(join(directory, '.git')) ? record : null;
}

/** The network, the server and whoever stops the job are no reason to throw away what is here. */
const REMOTE = new RegExp(
  [
    ...['unable to access', 'could not read from remote', 'authentication failed', 'requested URL returned error'],
    ...[
      'RPC failed',
      'early EOF',
      'hung up',
      'could not resolve',
      'connection',
      'timed out',
      'not our ref',
      'certificate',
    ],
    ...[
      'remote error',
      "couldn't find remote ref",
      'repository .* not found',
      'could not read Username',
      'Recv failure',
    ],
  ].join('|'),
  'i',
);

function isOfTheDirectory(error: unknown): boolean {
  if (!(error instanceof Failure)) return errorCode(error) !== undefined && errorCode(error) !== 'ENOSPC';
  return (error.code === 'git_failed' && !REMOTE.test(error.message)) || error.code === 'not_a_repository';
}

async function work(request: CommitRequest, { address, start }: Access, record: CommitRecord | null): Promise<void> {
  const { directory, objectFormat, timeoutMs, signal, recordFile, say, sha, ref } = request;
  const hasLargeFiles = hasGitLfs(request.environment.PATH ?? '');
  const wasThere = writeGitDir(directory, { address, objectFormat, hasLargeFiles });
  const gits: RunGits = async (args, next) => {
    const more = next === undefined ? {} : { next };
    return (await runGit({ cwd: directory, args, ...more, start, signal, timeoutMs, writes: true })).toString();
  };
  const git: RunGit = (...args) => gits(args);
  if (wasThere && record !== null && isHere(record, request) && setRefs(request)) {
    say('info', `Commit ${sha.slice(0, 8)} is here already: nothing to fetch.`);
  } else {
    const fetches = wasThere ? (record?.fetches ?? 0) : 0;
    const known = { version: 1, address, objectFormat } as const;
    writeRecord(recordFile, { ...known, fetched: null, fetches });
    await fetchRefs(request, git, wasThere);
    const { depth, refspecs } = request;
    const fetched = { sha, depth, refspecs, shallow: fingerprintOfShallow(directory) };
    writeRecord(recordFile, { ...known, fetched, fetches: await lookAfter(directory, git, fetches + 1) });
  }
  if (!request.checkout) return say('info', 'Skipping Git checkout');
  say('info', `Checking out ${sha.slice(0, 8)} as detached HEAD (ref is ${ref})...`);
  await checkOut(request, gits, { wasThere, hasLargeFiles });
  await bringSubmodules(request, git, { hasLargeFiles });
}

async function fetchRefs(request: CommitRequest, git: RunGit, wasThere: boolean): Promise<void> {
  const { directory, depth, refspecs, fetchFlags, say } = request;
  say('info', depth > 0 ? `Fetching changes with git depth set to ${depth}...` : 'Fetching changes...');
  const where = join(directory, '.git/');
  say('plain', `${wasThere ? 'Reinitialized existing' : 'Initialized empty'} Git repository in ${where}`);
  if (!wasThere) say('info', 'Created fresh repository.');
  const isShallow = existsSync(join(directory, '.git', 'shallow'));
  const reach = depth > 0 ? [`--depth=${depth}`] : isShallow ? ['--unshallow'] : [];
  await git('fetch', '--no-recurse-submodules', '--force', ...reach, ...fetchFlags, 'origin', ...refspecs);
}

/** A fetch adds a pack or a few hundred files; from so many on every git takes longer. */
const FETCHES = 64;

async function lookAfter(directory: string, git: RunGit, fetches: number): Promise<number> {
  if (fetches < FETCHES) return fetches;
  await git('gc', '--quiet', '--prune=now');
  // Those of submodules are made anew.
  await removeTree(join(directory, '.git'), ['modules']);
  return 0;
}

/** What cannot be removed (files of another owner, something mounted) is moved out of the way, with all that lies beside it. */
async function emptyDirectory(directory: string, say: CommitRequest['say']): Promise<void> {
  // The directory itself stays: a container may have it mounted.
  const left = await emptyTree(dirname(directory), [basename(directory)]);
  if (left.length === 0) return void makeDirectory(directory, 0o700);
  const aside = `${directory}.${randomBytes(4).toString('hex')}.aside`;
  try {
    renameSync(directory, aside);
  } catch (cause) {
    throw new Failure('directory_not_emptied', `cannot empty ${directory}; left: ${left.join(', ')}`, { cause });
  }
  mkdirSync(directory, { mode: 0o700 });
  say('warning', `not everything of an earlier job could be removed (${left.join(', ')}); it is now in ${aside}`);
}
