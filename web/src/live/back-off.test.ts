import { expect, it } from 'vitest';
import { backOff } from './back-off.ts';

it('waits longer each time, ten seconds at most, spread by chance', () => {
  expect([0, 1, 2, 5, 6, 100].map((failures) => backOff(failures, null, 1))).toEqual([
    300, 600, 1_200, 9_600, 10_000, 10_000,
  ]);
  expect([0, 6].map((failures) => backOff(failures, null, 0))).toEqual([150, 5_000]);
});

it('waits as long as the server asks for, within reason', () => {
  expect([backOff(0, 100, 1), backOff(0, 5_000, 1), backOff(0, 9e9, 1)]).toEqual([300, 5_000, 60_000]);
});
