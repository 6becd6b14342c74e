import { expect, it } from 'vitest';
import { Alarms } from './alarms.ts';

it('rings when its instant has come, also where a timer ends early', async () => {
  let now = 0;
  const slept: number[] = [];
  const early = {
    now: () => now,
    async sleep(ms: number) {
      slept.push(ms);
      now += Math.max(1, ms - 1);
    },
  };
  const rungAt = await new Promise((resolve) => new Alarms(early).set(1, 1_000, () => resolve(now)));
  expect(rungAt).toBe(1_000);
  expect(slept).toEqual([1_000, 1]);
});
