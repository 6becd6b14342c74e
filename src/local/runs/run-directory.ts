import { createHash } from 'node:crypto';
import { readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, isPlainName, removeTree } from '../../base/index.ts';
import { tryLockJournals } from '../../runner/index.ts';
import type { RunRecord } from './run-record.ts';

/** Where local runs keep what they must remember (`state`) and what can be made again (`cache`). */
export interface LocalPaths {
  readonly state: string;
  readonly cache: string;
}

/** The files of one run: `<state>/runs/<id>/` with a directory for each job that was handed out, and `<cache>/builds/<id>/`. */
export interface RunDirectory {
  readonly path: string;
  readonly paths: LocalPaths;
  readonly record: RunRecord;
}

/** A directory name for what the runs of one checkout share; checkouts share nothing, whatever their projects are called. */
export function checkoutKey(checkout: string): string {
  return createHash('sha256').update(checkout).digest('hex').slice(0, 16);
}

export function runsDirectory(paths: LocalPaths): string {
  return join(paths.state, 'runs');
}

export function buildsOf({ paths, record }: RunDirectory): string {
  return join(paths.cache, 'builds', String(record.id));
}

/** Where the journals of a run's jobs lie, a directory each. */
export function jobsDirectory(run: RunDirectory): string {
  return join(run.path, 'jobs');
}

export function jobDirectory(run: RunDirectory, job: number): string {
  return join(jobsDirectory(run), String(job));
}

export function artifactsDirectory(run: RunDirectory, job: number): string {
  return join(run.path, 'artifacts', String(job));
}

/** `CI_PROJECT_DIR` of a job. A project may be called what no directory may: its remote ends in `/..`, say. */
export function projectDirectory(run: RunDirectory, job: number, projectName: string): string {
  return join(buildsOf(run), String(job), isPlainName(projectName) ? projectName : 'project');
}

/** Removes the directories that a run's jobs ran in, or those of one job. @returns what is left of them, for people. */
export function removeBuilds({ paths, record }: RunDirectory, job?: number): Promise<readonly string[]> {
  return removeTree(paths.cache, ['builds', String(record.id), ...(job === undefined ? [] : [String(job)])]);
}

/** Under this name a run is none yet: it gets its own once its record is in it, so that whoever dies while making one leaves no half of a run. */
const NEW = /^\d+\.new$/;

export function draftOfRun(paths: LocalPaths, id: number): string {
  return join(runsDirectory(paths), `${id}.new`);
}

/** Under this name a run is none any more: whoever dies while it is being removed leaves no half of one. */
const FORGOTTEN = /^\d+\.forgotten$/;

/** Forgets a run, for `removeForgotten` to remove: its journals, logs and artifacts. Its jobs' directories go first. @returns what is left of these. */
export async function forgetRun(run: RunDirectory): Promise<readonly string[]> {
  const left = await removeBuilds(run);
  renameSync(run.path, `${run.path}.forgotten`);
  return left;
}

/** @returns what is left, for people. */
export async function removeForgotten(paths: LocalPaths): Promise<readonly string[]> {
  const left: string[] = [];
  for (const name of namesOfRuns(paths)) {
    if (FORGOTTEN.test(name)) left.push(...(await removeTree(paths.state, ['runs', name])));
  }
  return left;
}

/**
 * Removes what killed runs left of their making. One that is being made just now is locked, or about to be: whoever makes it and finds it gone
 * makes another one.
 * @returns what is left, for people.
 */
export async function removeUnfinished(paths: LocalPaths): Promise<readonly string[]> {
  const left: string[] = [];
  for (const name of namesOfRuns(paths)) {
    if (!NEW.test(name)) continue;
    // One that cannot be locked now, for want of room say, is left to the next look.
    const lock = await tryLockJournals(join(runsDirectory(paths), name)).catch(() => null);
    if (lock === null) continue;
    left.push(...(await removeTree(paths.state, ['runs', name])));
    lock.release();
  }
  return left;
}

/** What lies in the directory of runs, by name. */
export function namesOfRuns(paths: LocalPaths): readonly string[] {
  try {
    return readdirSync(runsDirectory(paths));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** One line for what `removeBuilds` and its like left; null when that is nothing. */
export function leftWords(left: readonly string[]): string | null {
  return left.length === 0 ? null : `could not remove ${left.join(', ')}`;
}
