import { expect, it } from 'vitest';
import { AutoClock } from '../../../test/support/auto-clock.ts';
import { watchForWaking } from './waking.ts';

const HOUR = 3_600_000;

/** What it tells of the first ten minutes, in which `happens` comes after one. */
async function told(happens: (clock: AutoClock) => void): Promise<readonly number[]> {
  const clock = new AutoClock(Date.UTC(2026, 0, 1));
  const stop = new AbortController();
  const wakings: number[] = [];
  const watching = watchForWaking(clock, stop.signal, (ms) => wakings.push(ms));
  await clock.sleep(61_000);
  happens(clock);
  await clock.sleep(540_000);
  stop.abort();
  await watching;
  return wakings;
}

it.each([
  ['a machine that was suspended', (clock: AutoClock) => clock.suspend(HOUR)],
  ['a virtual machine whose clock is set when it goes on', (clock: AutoClock) => clock.jump(HOUR)],
])('tells once of %s', async (_what, happens) => {
  expect(await told(happens)).toEqual([HOUR]);
});

it.each([
  ['nothing', () => {}],
  ['a clock that is set back', (clock: AutoClock) => clock.jump(-HOUR)],
  ['a clock that is set a little forward', (clock: AutoClock) => clock.jump(4_000)],
])('tells nothing of %s', async (_what, happens) => {
  expect(await told(happens)).toEqual([]);
});
