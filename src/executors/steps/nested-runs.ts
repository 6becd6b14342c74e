import { readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, makeDirectory } from '../../base/index.ts';
import { inRealDirectory } from './real-directory.ts';

/**
 * Names, to the steps of a job, the directory in which a run of Epilogue that is started inside of the job puts itself down, so that
 * the job's teardown neither kills what that run still owes nor forgets it.
 */
export const NESTED_RUNS_VARIABLE = 'EPILOGUE_NESTED_RUNS';
/** Carried by every process of every job of a run: the name under which that run put itself down. */
export const RUN_VARIABLE = 'EPILOGUE_RUN';

export function nestedRunsDir(stepsDir: string): string {
  return join(stepsDir, 'nested-runs');
}

function disownedDir(stepsDir: string): string {
  return `${nestedRunsDir(stepsDir)}.disowned`;
}

/** See `Place.nestedRuns`. One system call where there are none. */
export function listNestedRuns(stepsDir: string): readonly string[] {
  return listNames(nestedRunsDir(stepsDir));
}

/** See `Place.disownNestedRuns`. */
export function disownNestedRuns(stepsDir: string): void {
  const names = listNestedRuns(stepsDir);
  if (names.length === 0) return;
  try {
    makeDirectory(disownedDir(stepsDir), 0o700);
    inRealDirectory(nestedRunsDir(stepsDir), (from) =>
      inRealDirectory(disownedDir(stepsDir), (to) => {
        for (const name of names) renameSync(join(from, name), join(to, name));
      }),
    );
  } catch (error) {
    // No room, or struck off at this moment: they go on being spared, and whoever recovers them ends what is left.
    if (errorCode(error) === undefined) throw error;
  }
}

/** Whose processes are whose: those that carry one of these are not the job's to end, or are so wherever they have gone. */
export function nestedMarks(stepsDir: string): {
  readonly spared: readonly string[];
  readonly disowned: readonly string[];
} {
  const mark = (name: string) => `${RUN_VARIABLE}=${name}`;
  return { spared: listNestedRuns(stepsDir).map(mark), disowned: listNames(disownedDir(stepsDir)).map(mark) };
}

function listNames(directory: string): readonly string[] {
  try {
    // A link may lead to other numbers: the journals of other jobs have such names.
    return inRealDirectory(directory, (real) => readdirSync(real)).filter((name) => /^\d+$/.test(name));
  } catch (error) {
    if (errorCode(error) !== undefined) return [];
    throw error;
  }
}
