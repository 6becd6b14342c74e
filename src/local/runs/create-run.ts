import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, Failure, type FileLock, makeDirectory, removeTree } from '../../base/index.ts';
import { tryLockJournals, writeHolder } from '../../runner/index.ts';
import { type LocalPaths, type RunDirectory, runsDirectory } from './run-directory.ts';
import { type RunRecord, writeRunRecord } from './run-record.ts';

/**
 * Makes the directory of a new run and takes its lock.
 * @throws Failure `state_unwritable` with the path: nothing has run.
 */
export async function createRun(
  paths: LocalPaths,
  facts: Omit<RunRecord, 'id'>,
): Promise<{ run: RunDirectory; lock: FileLock }> {
  const { id, path } = claimDirectory(paths);
  const record = { id, ...facts };
  try {
    const lock = await tryLockJournals(path);
    if (lock === null) throw new Failure('state_unwritable', `somebody else holds the lock of the new run ${path}`);
    writeRunRecord(path, record);
    writeHolder(path, 'run');
    return { run: { path, paths, record }, lock };
  } catch (error) {
    await removeTree(paths.state, ['runs', String(id)]);
    throw unwritable(path, error);
  }
}

function claimDirectory(paths: LocalPaths): { id: number; path: string } {
  const runs = runsDirectory(paths);
  try {
    makeDirectory(runs, 0o700);
  } catch (error) {
    throw unwritable(runs, error);
  }
  for (;;) {
    const id = drawId();
    const path = join(runs, String(id));
    try {
      mkdirSync(path, { mode: 0o700 });
      return { id, path };
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw unwritable(path, error);
    }
  }
}

/** Room above an id for those of the run's jobs. */
const JOBS = 2 ** 24;
const LOWEST = 10 ** 15;

/**
 * Drawn, not counted: runs with other state directories or on other machines know nothing of each other, and scripts make names
 * from `CI_JOB_ID` and `CI_PIPELINE_ID` for what they must not share. Always 16 digits, and a safe integer, as are the ids of its
 * jobs. Among a million runs of 30 jobs, the chance that any two share one is 1 in 250.
 */
function drawId(): number {
  const range = BigInt(Number.MAX_SAFE_INTEGER - JOBS - LOWEST);
  return LOWEST + Number(randomBytes(8).readBigUInt64LE() % range);
}

/** Its jobs have the ids that follow its own. */
export function firstJobId({ record }: RunDirectory): number {
  return record.id + 1;
}

function unwritable(path: string, error: unknown): Failure {
  if (error instanceof Failure) return error;
  return new Failure('state_unwritable', `cannot write to ${path} (${errorCode(error)})`, { cause: error });
}
