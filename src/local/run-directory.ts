import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, Failure, type FileLock, makeDirectory, tryLock, writeDurably } from '../base/index.ts';
import type { Cleanup, Status } from '../protocol/index.ts';

/** Where local runs keep what they must remember (`state`) and what can be made again (`cache`). */
export interface LocalPaths {
  readonly state: string;
  readonly cache: string;
}

/** `run.json`: what a run was before anything of it started. */
export interface RunRecord {
  /** Also the pipeline id. */
  readonly id: number;
  readonly checkout: string;
  readonly startedAt: number;
  readonly ref: string;
  readonly sha: string;
  readonly keep: boolean;
}

/** `ended.json`: how a run ended, and who saw it to its end. */
export interface RunEnding {
  readonly by: 'run' | 'guard' | 'recover';
  readonly at: number;
  readonly jobs: readonly EndedJob[];
}

export interface EndedJob {
  readonly id: number;
  readonly name: string;
  readonly status: Status;
  readonly cleanup: Cleanup;
  readonly logFile: string;
}

/** `holder.json`: who holds the lock, for messages. */
export interface Holder {
  readonly pid: number;
  readonly role: 'run' | 'guard' | 'recover';
}

/** The files of one run: `<state>/runs/<id>/` with a directory for each job that was handed out, and `<cache>/builds/<id>/`. */
export interface RunDirectory {
  readonly path: string;
  readonly builds: string;
  readonly record: RunRecord;
}

/** Job ids are unique across runs, so that names which scripts make from `CI_JOB_ID` don't meet: room for a million a run. */
export function firstJobId(run: RunDirectory): number {
  return run.record.id * 1_000_000 + 1;
}

/** How many finished runs of a checkout are kept, with their logs and artifacts. */
const KEPT_RUNS = 10;

/**
 * Makes the directory of a new run and takes its lock.
 * @throws Failure `state_unwritable` with the path: nothing has run.
 */
export async function createRun(
  paths: LocalPaths,
  facts: Omit<RunRecord, 'id'>,
): Promise<{ run: RunDirectory; lock: FileLock }> {
  const { id, path } = claimDirectory(paths, facts.startedAt);
  const record = { id, ...facts };
  try {
    const lock = await tryLock(join(path, 'lock'));
    if (lock === null) throw new Failure('state_unwritable', `somebody else holds the lock of the new run ${path}`);
    writeDurably(join(path, 'run.json'), JSON.stringify(record), true);
    const run = runDirectory(paths, path, record);
    writeHolder(run, 'run');
    return { run, lock };
  } catch (error) {
    rmSync(path, { recursive: true, force: true });
    throw unwritable(path, error);
  }
}

/** Ids are seconds since 1970; runs that start within one second take neighbouring ones. */
function claimDirectory(paths: LocalPaths, now: number): { id: number; path: string } {
  const runs = join(paths.state, 'runs');
  try {
    makeDirectory(runs, 0o700);
  } catch (error) {
    throw unwritable(runs, error);
  }
  for (let id = Math.floor(now / 1000); ; id += 1) {
    const path = join(runs, String(id));
    try {
      mkdirSync(path, { mode: 0o700 });
      return { id, path };
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw unwritable(path, error);
    }
  }
}

function unwritable(path: string, error: unknown): Failure {
  if (error instanceof Failure) return error;
  return new Failure('state_unwritable', `cannot write to ${path} (${errorCode(error)})`, { cause: error });
}

/** Runs of a checkout (null: of every checkout), oldest first. Directories that no run finished making are left out. */
export function listRuns(paths: LocalPaths, checkout: string | null): RunDirectory[] {
  const wanted = checkout === null ? null : realpathSync(checkout);
  return readNames(join(paths.state, 'runs'))
    .sort((a, b) => Number(a) - Number(b))
    .flatMap((name) => {
      const path = join(paths.state, 'runs', name);
      const record = readJson<RunRecord>(join(path, 'run.json'));
      return record !== null && (wanted === null || record.checkout === wanted)
        ? [runDirectory(paths, path, record)]
        : [];
    });
}

function runDirectory(paths: LocalPaths, path: string, record: RunRecord): RunDirectory {
  return { path, record, builds: join(paths.cache, 'builds', String(record.id)) };
}

export function jobDirectory(run: RunDirectory, job: number): string {
  return join(run.path, 'jobs', String(job));
}

/** Ids of the jobs that were handed out. */
export function listJobs(run: RunDirectory): number[] {
  return readNames(join(run.path, 'jobs'))
    .map(Number)
    .sort((a, b) => a - b);
}

export function writeHolder(run: RunDirectory, role: Holder['role']): void {
  writeDurably(join(run.path, 'holder.json'), JSON.stringify({ pid: process.pid, role } satisfies Holder), false);
}

export function readHolder(run: RunDirectory): Holder | null {
  return readJson<Holder>(join(run.path, 'holder.json'));
}

export function writeEnding(run: RunDirectory, ending: RunEnding): void {
  writeDurably(join(run.path, 'ended.json'), JSON.stringify(ending), true);
}

export function readEnding(run: RunDirectory): RunEnding | null {
  return readJson<RunEnding>(join(run.path, 'ended.json'));
}

/** Whether somebody was told how the run ended; `markTold` says that now they were. */
export function wasTold(run: RunDirectory): boolean {
  return existsSync(join(run.path, 'told'));
}

export function markTold(run: RunDirectory): void {
  writeDurably(join(run.path, 'told'), '', false);
}

/** Forgets all but the latest ended runs of a checkout. Runs that still owe something are never forgotten. */
export function pruneRuns(paths: LocalPaths, checkout: string): void {
  const ended = listRuns(paths, checkout).filter((run) => readEnding(run) !== null && wasTold(run));
  for (const run of ended.slice(0, Math.max(0, ended.length - KEPT_RUNS))) {
    rmSync(run.path, { recursive: true, force: true });
    rmSync(run.builds, { recursive: true, force: true });
  }
}

function readNames(path: string): string[] {
  try {
    return readdirSync(path).filter((name) => /^\d+$/.test(name));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

function readJson<T>(path: string): T | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || error instanceof SyntaxError) return null;
    throw error;
  }
}
