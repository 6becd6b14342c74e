import { expect, it } from 'vitest';
import { type CleanupFacts, recordWords, stakeWords, stepWords } from './teardown-words.ts';

const OPEN: CleanupFacts = {
  outcome: null,
  exit_code: null,
  duration: null,
  attempt: 0,
  skipped_by: null,
  reason: null,
  late: null,
};

it('says what is done now, and guesses nothing', () => {
  expect(stepWords({ step: 'waiting' }, OPEN)).toBe('cleanup waits for another runner');
  expect(stepWords({ step: 'saving' }, OPEN)).toBe('saving artifacts and cache');
  expect([stepWords({ step: null }, OPEN), stepWords({ step: null }, null)]).toEqual(['cleaning up', 'stopping']);
});

it('says how a cleanup ended', () => {
  expect([recordWords(null), recordWords(OPEN), recordWords({ ...OPEN, outcome: 'not_owed' })]).toEqual([
    null,
    null,
    null,
  ]);
  const done = { ...OPEN, duration: 41.2, attempt: 1 };
  expect(recordWords({ ...done, outcome: 'succeeded', exit_code: 0 })).toBe('Cleanup succeeded in 0:41, attempt 1');
  expect(recordWords({ ...done, outcome: 'failed', exit_code: 3 })).toBe(
    'Cleanup failed in 0:41 with exit code 3, attempt 1',
  );
  expect(recordWords({ ...done, outcome: 'timed_out' })).toBe('Cleanup timed out after 0:41, attempt 1');
  const skipped = {
    ...OPEN,
    outcome: 'skipped',
    skipped_by: 'ana',
    reason: 'force cancel; still owed: after_script',
  } as const;
  expect(recordWords(skipped)).toBe('Cleanup skipped by ana: force cancel; still owed: after_script');
});

it('says in numbers what a force leaves', () => {
  expect(stakeWords({ cleanups: 0, teardowns: 0 })).toEqual(['No cleanup is owed now.']);
  expect(stakeWords({ cleanups: 1, teardowns: 1 })).toEqual([
    '1 cleanup is owed and has not ended. Forcing leaves it undone, for good.',
    '1 job is torn down now: killed at once, nothing more is saved.',
  ]);
  expect(stakeWords({ cleanups: 2, teardowns: 3 })).toEqual([
    '2 cleanups are owed and have not ended. Forcing leaves them undone, for good.',
    '3 jobs are torn down now: killed at once, nothing more is saved.',
  ]);
});
