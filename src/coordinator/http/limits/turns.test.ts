import { expect, it } from 'vitest';
import { Turns } from './turns.ts';

it('lets so many in at a time, in the order in which they came, and is full when so many more wait', async () => {
  const turns = new Turns({ atOnce: 2, mostWaiting: 2 });
  const ends = [0, 1, 2, 3].map(() => Promise.withResolvers<void>());
  const begun: number[] = [];
  const full: boolean[] = [];
  const works = ends.map(({ promise }, at) => {
    full.push(turns.isFull);
    return turns.take(async () => {
      begun.push(at);
      await promise;
      if (at === 1) throw new Error('it went wrong');
    });
  });
  expect([begun, full, turns.isFull]).toEqual([[0, 1], [false, false, false, false], true]);
  ends[1]?.resolve();
  await expect(works[1]).rejects.toThrow('it went wrong');
  expect([begun, turns.isFull]).toEqual([[0, 1, 2], false]);
  for (const { resolve } of ends) resolve();
  await Promise.all([works[0], works[2], works[3]]);
  expect(begun).toEqual([0, 1, 2, 3]);
});

it('gives the place of one that has gone to the next, and runs nothing for it', async () => {
  const turns = new Turns({ atOnce: 1, mostWaiting: 1 });
  const end = Promise.withResolvers<void>();
  const first = turns.take(() => end.promise);
  const leaves = new AbortController();
  const gone = turns.take(() => Promise.reject(new Error('it ran')), leaves.signal);
  expect(turns.isFull).toBe(true);
  leaves.abort(new Error('gone'));
  await expect(gone).rejects.toThrow('gone');
  expect(turns.isFull).toBe(false);
  const next = turns.take(() => Promise.resolve('next'));
  end.resolve();
  expect([await first, await next]).toEqual([undefined, 'next']);
});
