import { expect, it } from 'vitest';
import { cleanupsWords } from './cleanups.ts';

const none = { open: 2, failed: 0, timed_out: 0, skipped: 0, lost: 0 };

it.each([
  [none, null],
  [{ ...none, lost: 1 }, '1 cleanup lost'],
  [{ ...none, failed: 2, skipped: 1 }, '2 cleanups failed, 1 skipped'],
])('%j', (cleanups, words) => {
  expect(cleanupsWords(cleanups)).toBe(words);
});
