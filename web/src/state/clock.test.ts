import { afterEach, expect, it, vi } from 'vitest';
import { untilMs } from './clock.ts';

afterEach(() => vi.restoreAllMocks());

const at = (seconds: number): string => new Date(1_800_000_000_000 + seconds * 1000).toISOString();

it('counts from when something was said, also where it is drawn later', () => {
  const clock = vi.spyOn(performance, 'now').mockReturnValue(5_000);
  expect(untilMs(at(60), at(0))).toBe(65_000);
  clock.mockReturnValue(35_000);
  expect(untilMs(at(60), at(0))).toBe(65_000);
  // The machine slept for a minute, in which this clock stood still.
  expect(untilMs(at(200), at(90))).toBe(145_000);
});
