import { Failure } from '../../../../base/index.ts';
import type { FileSelection } from '../../../executor.ts';
import { compileSelection, type PathTest } from '../../../files/select-paths.ts';
import type { RemoteFilesOptions } from '../remote-files-options.ts';
import { isCut, tryAgain } from '../retry.ts';
import { openTalk } from '../talk.ts';
import { isUntracked, noteRepository, readTracked, type Tracked } from '../tracked.ts';
import { listProgram, listRequests, NO_FIND } from './list-program.ts';
import { type ListRecord, readRecords } from './read-records.ts';

/** What will be collected, as it was when it was listed. */
export interface ListedFile {
  readonly path: string;
  readonly kind: 'file' | 'directory' | 'symlink';
  readonly mode: number;
  /** Seconds since 1970, whole. */
  readonly modified: number;
  readonly sizeBytes: number;
}

export type LeftOut = (path: string, reason: string) => void;

interface Found {
  readonly files: Map<string, ListedFile>;
  /** Path → reason. */
  readonly leftOut: Map<string, string>;
  /** Directories with a repository of their own. */
  readonly repositories: Set<string>;
}

interface Choice {
  readonly test: PathTest;
  /** Selected, or in a directory that is. */
  readonly chosen: (path: string) => boolean;
  /** null: what git tracks is not asked for, or there is no repository. */
  readonly tracked: Tracked | null;
}

/**
 * What `Place.collect` chooses, in path order.
 * @throws Failure `tool_missing`, `list_refused`, `path_refused`, `answer_too_long`, and as `openTalk`
 */
export async function listFiles(
  options: RemoteFilesOptions,
  selection: FileSelection,
  signal: AbortSignal,
  leftOut: LeftOut,
): Promise<readonly ListedFile[]> {
  const test = compileSelection(selection, options.projectDir);
  const tracked = selection.untracked ? await readTracked(options, signal) : null;
  const choice: Choice = { test, tracked, chosen: createChosen(test) };
  const requests = Buffer.from(listRequests(test, tracked !== null));
  if (requests.length === 0) return [];
  const found = await tryAgain(options.clock, signal, () => ask(options, choice, requests, signal));
  for (const [path, reason] of found.leftOut) leftOut(path, reason);
  const files = [...found.files.values()].filter(({ path, kind }) => {
    return choice.chosen(path) || (tracked !== null && isUntracked(tracked, found.repositories, path, kind));
  });
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function ask(options: RemoteFilesOptions, choice: Choice, requests: Buffer, signal: AbortSignal): Promise<Found> {
  const found: Found = { files: new Map(), leftOut: new Map(), repositories: new Set() };
  const program = listProgram(options.projectDir, requests.length);
  const talk = await openTalk(options, { what: 'collect-list', program, as: 'user', signal });
  try {
    await talk.write(requests);
    for await (const record of readRecords(talk)) take(choice, found, record);
    return found;
  } catch (error) {
    // A program that could not begin says so by its code alone.
    if (isCut(error) && (await talk.end()).code === NO_FIND)
      throw new Failure('tool_missing', 'files cannot be collected: the image has no `find`');
    throw error;
  } finally {
    talk.close();
  }
}

function take({ test, chosen, tracked }: Choice, { files, leftOut, repositories }: Found, record: ListRecord): void {
  const { path } = record;
  const mayBeWanted = path !== '' && (chosen(path) || tracked !== null) && !test.excludes(path);
  switch (record.kind) {
    case 'file':
    case 'directory':
    case 'symlink':
      if (tracked !== null) noteRepository(repositories, record);
      // What was told to be unreadable may be listed once more, of two patterns.
      if (mayBeWanted && !leftOut.has(path)) files.set(path, { ...record, kind: record.kind });
      break;
    case 'unreadable':
      files.delete(path);
      if (mayBeWanted) leftOut.set(path, 'permission denied');
      break;
    case 'unreadable directory':
      if (isEntered(test, path) || (mayBeWanted && !test.excludesAllBelow(path)))
        leftOut.set(path === '' ? '.' : path, 'permission denied');
      break;
    case 'leads out':
      if (test.leadsThrough(path)) leftOut.set(path, 'it leads out of the project directory');
      break;
    case 'unnameable':
      if (mayBeWanted) leftOut.set(path, record.reason);
  }
}

function isEntered(test: PathTest, directory: string): boolean {
  return test.mayContain(directory) && !test.excludesAllBelow(directory);
}

/** Answers for directories are kept: each of them is asked for again with all that it holds. */
function createChosen(test: PathTest): Choice['chosen'] {
  const known = new Map<string, boolean>();
  const isBelowChosen = (path: string): boolean => {
    if (path === '') return false;
    const parent = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    const answer = known.get(parent) ?? (isBelowChosen(parent) || test.selects(parent));
    known.set(parent, answer);
    return answer;
  };
  return (path) => isBelowChosen(path) || test.selects(path);
}
