import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import {
  forgetRun,
  type LocalPaths,
  namesOfRuns,
  type RunDirectory,
  removeForgotten,
  runsDirectory,
} from './run-directory.ts';
import { readEnding, wasTold } from './run-ending.ts';
import { type RunRecord, readRunRecord } from './run-record.ts';
import { salvageRecord } from './salvage-record.ts';

export interface ListedRuns {
  /** Oldest first. */
  readonly runs: readonly RunDirectory[];
  /** Directories of runs of which nobody can tell whose they were and what they owe. */
  readonly unreadable: readonly string[];
}

/** Runs of a checkout (null: of every checkout). What no run finished making, or is none, is left out. */
export function listRuns(paths: LocalPaths, checkout: string | null): ListedRuns {
  const wanted = checkout === null ? null : realpathSync(checkout);
  const runs: RunDirectory[] = [];
  const unreadable: string[] = [];
  for (const name of namesOfRuns(paths).filter((each) => /^\d+$/.test(each))) {
    const path = join(runsDirectory(paths), name);
    const record = readOrSalvage(path, name);
    if (record === 'none') continue;
    if (record === 'damaged' || (record.checkout === '' && wanted !== null)) unreadable.push(path);
    else if (wanted === null || record.checkout === wanted) runs.push({ path, paths, record });
  }
  return { runs: runs.sort((a, b) => a.record.startedAt - b.record.startedAt), unreadable };
}

/** `none`: no run finished making it, or it is none. */
function readOrSalvage(path: string, name: string): RunRecord | 'none' | 'damaged' {
  const record = readRunRecord(path);
  if (record === 'none' && !existsSync(join(path, 'jobs'))) return 'none';
  if (record !== 'none' && record !== 'damaged' && String(record.id) === name) return record;
  return salvageRecord(path, Number(name)) ?? 'damaged';
}

export function unreadableWords(path: string): string {
  return `the run in ${path} cannot be read and is passed over: whatever its jobs owe is left to you; remove the directory then`;
}

/** How many finished runs of a checkout are kept, with their logs and artifacts. */
const KEPT_RUNS = 10;

/** Forgets all but the latest ended runs of a checkout. Runs that still owe something are never forgotten. @returns what is left. */
export async function pruneRuns(paths: LocalPaths, checkout: string): Promise<readonly string[]> {
  const ended = listRuns(paths, checkout).runs.filter((run) => readEnding(run) !== null && wasTold(run));
  const left: string[] = [];
  for (const run of ended.slice(0, Math.max(0, ended.length - KEPT_RUNS))) left.push(...(await forgetRun(run)));
  return [...left, ...(await removeForgotten(paths))];
}
