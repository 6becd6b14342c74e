import { expect, it } from 'vitest';
import { parseGoDuration } from './go-duration.ts';

it.each([
  ['90s', 90_000],
  ['1h30m', 5_400_000],
  ['1.5s', 1500],
  ['.5m', 30_000],
  ['250ms', 250],
  ['1µs1us1ns', 0.002001],
  ['-2s', -2000],
  ['+2s', 2000],
  ['0', 0],
  ['-0', -0],
])('%s is %d ms', (text, ms) => {
  expect(parseGoDuration(text)).toBeCloseTo(ms, 9);
});

it.each(['', '10', 's', '1 s', ' 1s', '1d', '5 minutes', '1s,', '--1s', '.s'])('%j is no duration', (text) => {
  expect(parseGoDuration(text)).toBeNull();
});
