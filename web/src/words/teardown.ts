import type { Cause, CleanupOutcome } from '../../../src/protocol/index.ts';

/** Why a script is over, as the end of "the script …". */
export const CAUSE_WORDS: Readonly<Record<Cause, string>> = {
  succeeded: 'succeeded',
  failed: 'failed',
  canceled: 'was canceled',
  superseded: 'was canceled for a newer pipeline',
  timed_out: 'ran out of time',
  runner_shutdown: 'was stopped with its runner',
  runner_lost: 'was lost with its runner',
  evicted: 'was evicted',
};

/** How a cleanup ended, and whether that is as it should be. */
export const CLEANUP_WORDS: Readonly<Record<CleanupOutcome, { readonly word: string; readonly isGood: boolean }>> = {
  not_owed: { word: 'no cleanup was owed', isGood: true },
  succeeded: { word: 'cleanup succeeded', isGood: true },
  failed: { word: 'cleanup failed', isGood: false },
  timed_out: { word: 'cleanup timed out', isGood: false },
  skipped: { word: 'cleanup skipped', isGood: false },
  lost: { word: 'cleanup lost', isGood: false },
};
