import { lstatSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { errorCode } from '../../base/index.ts';
import type { Leftover } from '../../executors/index.ts';
import { findJournal, STEPS } from '../../runner/index.ts';

/**
 * Why something of ours in an engine has to stay there, for people; null: its job is over, or there is no journal of it any more. A job's journal is there before the
 * first thing that is made for it, and until the last is removed: look at what the engine has first, and then at the journals.
 * @param below of these directories the jobs are ours to judge; each is there. Of others nobody can tell here: they may be another machine's
 */
export function whyKept({ home }: Pick<Leftover, 'home'>, below: readonly string[]): string | null {
  if (home === null || basename(home) !== STEPS || !below.some((directory) => home.startsWith(`${directory}/`)))
    return 'its job is not known here';
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
