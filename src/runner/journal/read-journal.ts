import { join } from 'node:path';
import { errorCode, isNoFile, readRegularFile } from '../../base/index.ts';
import { claimedSteps } from '../../executors/index.ts';
import { type JobRecord, readJobRecord } from './job-record.ts';
import type { Move } from './move.ts';
import { parseMove } from './parse-move.ts';
import { advance, initialProgress, type Progress } from './progress.ts';
import { withClaims } from './progress-of-claims.ts';

export const MOVES = 'moves.jsonl';
export const STEPS = 'steps';

export type JournalReading =
  /** Whoever began it died before the job was accepted: nothing ran. */
  | { readonly kind: 'none' }
  /** Nothing can be done for this job by us: damaged beyond use, or written by a newer program. */
  | { readonly kind: 'unusable'; readonly why: string }
  | {
      readonly kind: 'usable';
      readonly record: JobRecord;
      readonly progress: Progress;
      /** How many lines could not be read; one that a crash cut short counts too. */
      readonly damagedLines: number;
    };

/** What is known of a job, without taking it over. @throws system errors other than that nothing is there. */
export function readJournal(directory: string): JournalReading {
  const reading = readJobRecord(directory);
  const claims = claimedSteps(join(directory, STEPS));
  if (reading.kind !== 'usable') {
    if (reading.kind === 'none' && claims.length > 0) return { kind: 'unusable', why: 'job.json is gone' };
    return reading;
  }
  const { moves, damaged } = readMoves(directory);
  if (moves.length === 0 && claims.length === 0) return { kind: 'none' };
  const { record } = reading;
  const progress = withClaims(moves.reduce(advance, initialProgress(record)), claims);
  return { kind: 'usable', record, progress, damagedLines: damaged };
}

function readMoves(directory: string): { readonly moves: readonly Move[]; readonly damaged: number } {
  const moves: Move[] = [];
  const text = movesText(directory);
  let damaged = text === null ? 1 : 0;
  for (const line of (text ?? '').split('\n')) {
    if (line === '') continue;
    const move = parseMove(line);
    if (move === 'damaged') damaged += 1;
    else if (move !== 'unknown') moves.push(move);
  }
  return { moves, damaged };
}

/** Empty when there is no such file; null when something else lies in its place. */
export function movesText(directory: string): string | null {
  try {
    return readRegularFile(join(directory, MOVES)).toString();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return '';
    if (isNoFile(error)) return null;
    throw error;
  }
}
