import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import { errorCode, Failure, type FileLock, makeDirectory, removeTree } from '../../base/index.ts';
import { tryLockJournals, writeHolder } from '../../runner/index.ts';
import { draftOfRun, type LocalPaths, type RunDirectory, runsDirectory } from './run-directory.ts';
import { type RunRecord, writeRunRecord } from './run-record.ts';

/** Others sweep up what killed runs left half-made, and may just have taken ours for that. */
const TRIES = 5;

/**
 * Makes the directory of a new run and takes its lock. It gets the name of a run with its record in it, in one move.
 * @throws Failure `state_unwritable` with the path: nothing has run.
 */
export async function createRun(
  paths: LocalPaths,
  facts: Omit<RunRecord, 'id'>,
): Promise<{ run: RunDirectory; lock: FileLock }> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const record = { id: drawId(), ...facts };
    const draft = draftOfRun(paths, record.id);
    const lock = await makeDraft(paths, draft);
    if (lock === 'swept') continue;
    try {
      return { run: nameRun(paths, draft, record), lock };
    } catch (error) {
      const isSwept = !existsSync(draft);
      lock.release();
      if (isSwept) continue;
      await removeTree(paths.state, ['runs', basename(draft)]);
      throw unwritable(draft, error);
    }
  }
  const runs = runsDirectory(paths);
  throw new Failure('state_unwritable', `somebody removes what is made in ${runs}: ${TRIES} new runs are gone again`);
}

async function makeDraft(paths: LocalPaths, draft: string): Promise<FileLock | 'swept'> {
  try {
    makeDirectory(runsDirectory(paths), 0o700);
    mkdirSync(draft, { mode: 0o700 });
    return (await tryLockJournals(draft)) ?? 'swept';
  } catch (error) {
    const isSwept = error instanceof Failure && !existsSync(draft);
    if (isSwept) return 'swept';
    await removeTree(paths.state, ['runs', basename(draft)]);
    throw unwritable(draft, error);
  }
}

function nameRun(paths: LocalPaths, draft: string, record: RunRecord): RunDirectory {
  const path = join(runsDirectory(paths), String(record.id));
  writeRunRecord(draft, record);
  writeHolder(draft, 'run');
  // Not synced by itself: what this run syncs later comes after it in the file system's journal.
  renameSync(draft, path);
  return { path, paths, record };
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
