import { lstatSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { errorCode } from '../../base/index.ts';
import type { Leftover } from '../../executors/index.ts';
import { findJournal, STEPS } from '../../runner/index.ts';

/** A directory of jobs whose leftovers may be judged here. */
export interface OwnJobs {
  /** Absolute; it is there. Jobs lie below it, however deep. */
  readonly below: string;
  /** The name of the runner's directory, or of that of local runs; null: it has none yet. */
  readonly owner: string | null;
}

/**
 * Why something of ours in an engine has to stay there, for people; null: its job is over, or there is no journal of it any more. A job's journal is there before the
 * first thing that is made for it, and until the last is removed: look at what the engine has first, and then at the journals.
 * @param places of others nobody can tell here: they may be another machine's, which may have one of the same path. What was made before directories had names is told by its path alone
 */
export function whyKept({ home, owner }: Pick<Leftover, 'home' | 'owner'>, places: readonly OwnJobs[]): string | null {
  const place = places.find(({ below }) => home?.startsWith(`${below}/`));
  if (owner !== null && !places.some((each) => each.owner === owner)) return `its job is another runner's (${owner})`;
  const isOwn = place !== undefined && (owner === null || owner === place.owner);
  if (home === null || basename(home) !== STEPS || !isOwn) return 'its job is not known here';
  const directory = dirname(home);
  if (!isThere(directory)) return null;
  const { reading } = findJournal(dirname(directory), Number(basename(directory)));
  if (reading.kind === 'unusable') return `its journal cannot be read (${reading.why})`;
  if (reading.kind === 'none') return 'its job may be about to begin';
  return reading.progress.result === null ? 'its job is not over' : null;
}

/** What cannot be looked at may well be there. */
export function isThere(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch (error) {
    return errorCode(error) !== 'ENOENT' && errorCode(error) !== 'ENOTDIR';
  }
}
