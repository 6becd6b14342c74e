import { expect, it } from 'vitest';
import { NOBODY } from '../../access/index.ts';
import { byTurns } from './by-turns.ts';

const from = (remoteAddress: string) => {
  const leave = new AbortController();
  return { signal: leave.signal, principal: NOBODY, remoteAddress, leave: () => leave.abort() };
};

it('checks one after the other, refuses who comes when too many wait, and begins nothing for who has gone', async () => {
  const take = byTurns({ atOnce: 1, mostWaiting: 2, mostOfOne: 9 });
  const [stays, leaves] = [from('a'), from('b')];
  const begun: string[] = [];
  const end = Promise.withResolvers<void>();
  const first = take(from('c'), async () => {
    begun.push('first');
    await end.promise;
  });
  const gone = take(leaves, async () => begun.push('gone'));
  const last = take(stays, async () => begun.push('last'));
  await expect(take(from('e'), async () => begun.push('too many'))).rejects.toMatchObject({ status: 503 });
  leaves.leave();
  await expect(gone).rejects.toMatchObject({ status: 499 });
  // The place of who has gone is there for the next.
  const next = take(from('d'), async () => begun.push('next'));
  end.resolve();
  await Promise.all([first, last, next]);
  expect(begun).toEqual(['first', 'last', 'next']);
});

it('bounds how many there are of all people together, however few of each', async () => {
  const take = byTurns({ atOnce: 1, mostWaiting: 3, mostOfOne: 2 });
  const end = Promise.withResolvers<void>();
  const held = ['a', 'a', 'b', 'b'].map((who) => take(from(who), () => end.promise));
  await expect(take(from('c'), () => end.promise)).rejects.toMatchObject({ status: 503 });
  end.resolve();
  await Promise.all(held);
});

it('has one of a person at a time, however many there are, and bounds how many of theirs wait', async () => {
  const take = byTurns({ atOnce: 2, mostWaiting: 9, mostOfOne: 1 });
  const [eager, other] = [from('a'), from('b')];
  const begun: string[] = [];
  const end = Promise.withResolvers<void>();
  const first = take(eager, async () => {
    begun.push('first');
    await end.promise;
  });
  const second = take(eager, async () => begun.push('second'));
  await expect(take(eager, async () => begun.push('third'))).rejects.toMatchObject({ status: 503 });
  await take(other, async () => begun.push('other'));
  expect(begun).toEqual(['first', 'other']);
  end.resolve();
  await Promise.all([first, second]);
  await take(eager, async () => begun.push('again'));
  expect(begun).toEqual(['first', 'other', 'second', 'again']);
});
