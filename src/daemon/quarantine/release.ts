import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readRegularFile, writeAsOwner } from '../../base/index.ts';
import { type CleanupRecord, type CleanupRecords, readCleanups } from './quarantine-file.ts';

/**
 * A release is a file beside `cleanups.json` that names the quarantine it lifts by its beginning: only the process that works in a directory writes the record there, and a
 * release that comes late lifts no newer quarantine.
 */
export function requestRelease(directory: string, key: string, since: number): void {
  writeAsOwner(pathOf(directory, key), `${since}\n`);
}

/** What was asked for since the last call, as ms since 1970; null: nothing. It is asked for no more. */
export function takeRelease(directory: string, key: string): number | null {
  const path = pathOf(directory, key);
  if (!existsSync(path)) return null;
  const text = readRegularFile(path).toString().trim();
  rmSync(path, { force: true });
  return /^\d{1,16}$/.test(text) ? Number(text) : null;
}

export interface Quarantined {
  readonly since: number;
  /** Somebody has released it; the runner has not seen that yet. */
  readonly isReleased: boolean;
  /** Such as `job 7: failed`. */
  readonly why: readonly string[];
}

/** How an entry stands, as whoever does not run it sees it. @throws as `readCleanups` */
export function findQuarantined(
  directory: string,
  key: string,
  records: CleanupRecords = readCleanups(directory),
): Quarantined | null {
  const record = records[key];
  if (record === undefined || record.since === null) return null;
  return { since: record.since, isReleased: existsSync(pathOf(directory, key)), why: whyOf(record) };
}

/** Such as `job 7: failed`. */
export function whyOf(record: CleanupRecord | undefined): readonly string[] {
  return (record?.bad ?? []).map(({ job, outcome }) => `job ${job}: ${outcome}`);
}

function pathOf(directory: string, key: string): string {
  return join(directory, `release.${key}`);
}
