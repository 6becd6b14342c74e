import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describeError, errorCode } from '../../base/index.ts';
import { regainAccess } from '../../executors/index.ts';
import { type JournalReading, readJournal, STEPS } from '../journal/read-journal.ts';

export interface FoundJournal {
  /** Name of its directory: the job's id. */
  readonly id: number;
  readonly directory: string;
  readonly reading: JournalReading;
}

/**
 * The journals in a directory that holds one directory a job, lowest id first; what else lies there is passed over. One that cannot
 * be read does not hide the others.
 */
export function listJournals(jobsDir: string): readonly FoundJournal[] {
  return jobNames(jobsDir)
    .map(Number)
    .sort((a, b) => a - b)
    .map((id) => findJournal(jobsDir, id));
}

/** The journal of one job; its reading says when there is none. */
export function findJournal(jobsDir: string, id: number): FoundJournal {
  const directory = join(jobsDir, String(id));
  return { id, directory, reading: readSafely(directory) };
}

function jobNames(jobsDir: string): readonly string[] {
  try {
    return withAccessOnce(jobsDir, () => readdirSync(jobsDir)).filter((name) => /^[1-9]\d*$/.test(name));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

function readSafely(directory: string): JournalReading {
  try {
    return withAccessOnce(join(directory, STEPS), () => readJournal(directory));
  } catch (error) {
    return { kind: 'unusable', why: describeError(error) };
  }
}

/** Once more when a script had closed to us what is ours; no third time, where nothing can be opened for good. */
function withAccessOnce<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (errorCode(error) !== 'EACCES' || !regainAccess(path)) throw error;
    return action();
  }
}
