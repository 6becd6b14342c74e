import { join } from 'node:path';
import { describeError, errorCode, Failure, readRegularFile, writeDurably } from '../../base/index.ts';
import type { CleanupOutcome } from '../../protocol/index.ts';

/** How the last cleanups of an entry ended. */
export interface CleanupRecord {
  /** Of the entry, for people. */
  readonly name: string;
  /** Bad ones in a row, oldest first; no more than are needed. */
  readonly bad: readonly BadCleanup[];
  /** Ms since 1970; null: it is in no quarantine. */
  readonly since: number | null;
}

export interface BadCleanup {
  readonly job: number;
  readonly outcome: CleanupOutcome;
  /** Ms since 1970. */
  readonly at: number;
}

/** By key of the entry. */
export type CleanupRecords = Readonly<Record<string, CleanupRecord>>;

/** One that is not there is empty. @throws Failure `cleanups_unreadable` */
export function readCleanups(directory: string): CleanupRecords {
  const path = fileOf(directory);
  try {
    const value: unknown = JSON.parse(readRegularFile(path).toString());
    if (isRecords(value)) return value;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return {};
    throw new Failure('cleanups_unreadable', `cannot read ${path}: ${describeError(error)}`, { cause: error });
  }
  throw new Failure('cleanups_unreadable', `${path} is not what a runner writes there`);
}

/** Also after a power cut. */
export function writeCleanups(directory: string, records: CleanupRecords): void {
  writeDurably(fileOf(directory), `${JSON.stringify(records, null, 2)}\n`, true);
}

function fileOf(directory: string): string {
  return join(directory, 'cleanups.json');
}

function isRecords(value: unknown): value is CleanupRecords {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((each: Partial<CleanupRecord> | null) => {
    return Array.isArray(each?.bad) && (each.since === null || typeof each.since === 'number');
  });
}
