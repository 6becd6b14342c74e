import { existsSync, realpathSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import {
  copyTree,
  describeError,
  emptyTree,
  Failure,
  makeDirectory,
  readRegularFile,
  removeTree,
} from '../../base/index.ts';
import type { JobSpec } from '../executor.ts';
import { claimedSteps } from '../steps/step-directory.ts';

/**
 * In `stepsDir`, where it outlives this process: the project directory is ours to remove. Holds the real path of the directory above, so
 * that a script which puts a link there does not lead us elsewhere.
 */
const OURS = 'project-dir-made';

/** Holds file variables and `GITLAB_ENV`. Beside the project directory, which the sources fill from scratch. */
export function temporaryDirOf({ projectDir }: Pick<JobSpec, 'projectDir'>): string {
  return `${projectDir}.tmp`;
}

/**
 * The project directory and the temporary one. In a place where a step ran before, neither is a reason to give up: steps can be stopped
 * without, and the next one can run elsewhere.
 * @throws Failure `executor_unavailable`
 */
export function makeDirectories(job: JobSpec): void {
  try {
    makeProjectDir(job);
    makeDirectory(temporaryDirOf(job), 0o700);
  } catch (error) {
    if (claimedSteps(job.stepsDir).length > 0) return;
    const text = `the project directory cannot be made: ${describeError(error)}`;
    throw new Failure('executor_unavailable', text, { cause: error });
  }
}

function makeProjectDir({ projectDir, stepsDir }: JobSpec): void {
  if (existsSync(projectDir)) return;
  makeDirectory(dirname(projectDir), 0o700);
  // Marked first: a crash in between must not leave a directory that nobody removes.
  const mark = join(stepsDir, OURS);
  if (!existsSync(mark)) writeFileSync(mark, realpathSync.native(dirname(projectDir)), { mode: 0o600 });
  makeDirectory(projectDir, 0o700);
}

/** As `Place.deliverTree`. */
export async function fillProjectDir(job: JobSpec, source: string, signal: AbortSignal): Promise<void> {
  const { projectDir } = job;
  // The directory itself stays: a container may have it mounted.
  const left = await changeDir(emptyTree, job, projectDir);
  if (left.length > 0) throw new Failure('target_unwritable', `cannot empty ${projectDir}; left: ${left.join(', ')}`);
  await copyTree(source, projectDir, signal);
}

/** Leaves a project directory that was there before `prepare`. @throws Failure `place_left` */
export async function removeDirectories(job: JobSpec): Promise<void> {
  const left = existsSync(join(job.stepsDir, OURS)) ? await removeDir(job, job.projectDir) : [];
  const more = await removeDir(job, temporaryDirOf(job));
  const all = [...left, ...more];
  if (all.length > 0) throw new Failure('place_left', `not everything of the job could be removed: ${all.join(', ')}`);
}

function removeDir(job: JobSpec, path: string): Promise<readonly string[]> {
  return changeDir(removeTree, job, path);
}

async function changeDir(change: typeof removeTree, { stepsDir }: JobSpec, path: string): Promise<readonly string[]> {
  const within = dirname(path);
  const isMoved =
    existsSync(within) && existsSync(join(stepsDir, OURS)) && realpathSync.native(within) !== parentOf(stepsDir);
  return isMoved ? [`${path} (the directory above leads elsewhere now)`] : await change(within, [basename(path)]);
}

function parentOf(stepsDir: string): string {
  return readRegularFile(join(stepsDir, OURS)).toString();
}
