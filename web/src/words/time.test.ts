import { expect, it } from 'vitest';
import { agoWords, clockWords, spokenWords } from './time.ts';

it.each([
  [0, '0:00', '0 seconds'],
  [42.9, '0:42', '42 seconds'],
  [61, '1:01', '1 minute 1 second'],
  [3723, '1:02:03', '1 hour 2 minutes 3 seconds'],
  [-3, '0:00', '0 seconds'],
])('%d s', (seconds, shown, spoken) => {
  expect([clockWords(seconds), spokenWords(seconds)]).toEqual([shown, spoken]);
});

it.each([
  [9, 'just now'],
  [59, '59 seconds ago'],
  [60, '1 minute ago'],
  [7300, '2 hours ago'],
  [90_000, '1 day ago'],
  [40 * 86_400, '1 month ago'],
  [800 * 86_400, '2 years ago'],
  [-50, 'just now'],
])('%d s ago', (seconds, words) => {
  expect(agoWords(0, seconds * 1000)).toBe(words);
});
