import type { Cause, CleanupOutcome } from '../../../../src/protocol/index.ts';
import { CLEANUP_WORDS } from '../../words/teardown.ts';
import { clockWords } from '../../words/time.ts';

/** What a job's `teardown` and `cleanup` say, as REST and the stream have them. */
export interface TeardownFacts {
  readonly cause: Cause | null;
  readonly requested_by: string | null;
  readonly requested_at: string | null;
  readonly deadline: string | null;
  readonly began_at: string | null;
  readonly cleanup_until: string | null;
  readonly step: 'waiting' | 'saving' | null;
  readonly now: string | null;
  readonly extended_by: number;
  readonly forced_by: string | null;
  readonly forced_at: string | null;
}

export interface CleanupFacts {
  readonly outcome: CleanupOutcome | null;
  readonly exit_code: number | null;
  readonly duration: number | null;
  readonly attempt: number;
  readonly skipped_by: string | null;
  readonly reason: string | null;
  readonly late: { readonly outcome: CleanupOutcome; readonly at: string } | null;
}

/** What a countdown leads to: on a job the cleanup's own end, where its runner has said it, else that of the whole teardown. */
export const ENDS = {
  cleanup: 'until the cleanup is stopped',
  job: 'until the coordinator ends the job, whatever it does',
} as const;

/** What is done now, as far as the server knows. */
export function stepWords({ step }: Pick<TeardownFacts, 'step'>, cleanup: CleanupFacts | null): string {
  if (step === 'waiting') return 'cleanup waits for another runner';
  if (step === 'saving') return 'saving artifacts and cache';
  return cleanup === null ? 'stopping' : 'cleaning up';
}

/** `Cleanup failed in 0:41 with exit code 3, attempt 1`; null: none was owed, or it has not ended. */
export function recordWords(cleanup: CleanupFacts | null): string | null {
  if (cleanup === null || cleanup.outcome === null || cleanup.outcome === 'not_owed') return null;
  const { outcome, duration, exit_code: exitCode, attempt, skipped_by: by, reason } = cleanup;
  const { word } = CLEANUP_WORDS[outcome];
  const parts = [
    `${word.charAt(0).toUpperCase()}${word.slice(1)}`,
    by === null ? '' : ` by ${by}`,
    duration === null ? '' : ` ${outcome === 'timed_out' ? 'after' : 'in'} ${clockWords(duration)}`,
    exitCode === null || exitCode === 0 ? '' : ` with exit code ${exitCode}`,
    attempt === 0 ? '' : `, attempt ${attempt}`,
    reason === null ? '' : `: ${reason}`,
  ];
  return parts.join('');
}

/** What a force would leave, in numbers. */
export function stakeWords({ cleanups, teardowns }: Stake): readonly string[] {
  const words = [];
  if (cleanups === 0) words.push('No cleanup is owed now.');
  if (cleanups === 1) words.push('1 cleanup is owed and has not ended. Forcing leaves it undone, for good.');
  if (cleanups > 1)
    words.push(`${cleanups} cleanups are owed and have not ended. Forcing leaves them undone, for good.`);
  if (teardowns > 0) {
    words.push(
      `${teardowns === 1 ? '1 job is' : `${teardowns} jobs are`} torn down now: killed at once, nothing more is saved.`,
    );
  }
  return words;
}

export interface Stake {
  /** Owed, and not ended. */
  readonly cleanups: number;
  /** Jobs in teardown. */
  readonly teardowns: number;
}
