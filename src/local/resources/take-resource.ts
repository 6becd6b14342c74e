import { createHash } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, type FileLock, makeDirectory, tryLock, writeDurably } from '../../base/index.ts';
import { findJournal } from '../../runner/index.ts';
import { listRuns } from '../runs/list-runs.ts';
import { checkoutKey, jobsDirectory, type RunDirectory, runsDirectory } from '../runs/run-directory.ts';
import { readEnding } from '../runs/run-ending.ts';
import { readJson } from '../runs/run-record.ts';

/** Who has a resource group. */
export interface ResourceHolder {
  readonly run: number;
  readonly job: number;
}

export type TakenResource =
  | { readonly kind: 'taken'; readonly giveBack: () => void }
  /** By another run that is alive; null: it is not known which. */
  | { readonly kind: 'held'; readonly by: ResourceHolder | null }
  /** By a run that died and still owes the cleanup of the job that held it. */
  | { readonly kind: 'owed'; readonly by: ResourceHolder };

/**
 * Takes a resource group for a job of this run, unless a job of another run of the same checkout has it: `<state>/resources/<checkout>/`
 * has a lock and a holder for each key.
 *
 * The kernel drops the lock of a run that dies. Its holder's name stays, and with it the resource, until the journal of that job says
 * that its cleanup is over: the thing that the group protects must not be touched by two at once.
 * @throws Failure, or the system's own error, when the files cannot be written.
 */
export async function takeResource(run: RunDirectory, job: number, key: string): Promise<TakenResource> {
  const { paths, record } = run;
  const directory = join(paths.state, 'resources', checkoutKey(record.checkout));
  makeDirectory(directory, 0o700);
  const name = createHash('sha256').update(key).digest('hex').slice(0, 32);
  const holderFile = join(directory, `${name}.json`);
  const lock = await tryLock(join(directory, `${name}.lock`));
  const holder = readHolder(holderFile);
  if (lock === null) return { kind: 'held', by: holder };
  try {
    if (holder !== null && isOwed(run, holder)) {
      lock.release();
      return { kind: 'owed', by: holder };
    }
    writeDurably(holderFile, JSON.stringify({ run: record.id, job, key }), true);
    return { kind: 'taken', giveBack: () => giveBack(holderFile, lock) };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** A name that cannot be removed does no harm: the journal says that its job is over. */
function giveBack(holderFile: string, lock: FileLock): void {
  try {
    rmSync(holderFile, { force: true });
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
  } finally {
    lock.release();
  }
}

function readHolder(file: string): ResourceHolder | null {
  const content = readJson(file);
  if (typeof content !== 'object' || content === null) return null;
  const { run, job } = content as Partial<Record<keyof ResourceHolder, unknown>>;
  return typeof run === 'number' && typeof job === 'number' ? { run, job } : null;
}

/** The holder's run is dead, or we would not have its lock. One that nobody can read may owe anything, until it is removed. */
function isOwed({ paths, record }: RunDirectory, holder: ResourceHolder): boolean {
  const run = listRuns(paths, record.checkout).runs.find((known) => known.record.id === holder.run);
  if (run === undefined) return existsSync(join(runsDirectory(paths), String(holder.run)));
  if (readEnding(run) !== null) return false;
  const { reading } = findJournal(jobsDirectory(run), holder.job);
  return reading.kind === 'unusable' || (reading.kind === 'usable' && reading.progress.result === null);
}
