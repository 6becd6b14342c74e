import { expect, it } from 'vitest';
import { createLines } from './lines.ts';

it('runs what has one key one after the other, also after a failure, and other keys beside it', async () => {
  const inLine = createLines(60_000);
  const seen: string[] = [];
  const first = Promise.withResolvers<void>();
  const one = inLine(1, async () => {
    seen.push('one begins');
    await first.promise;
  });
  const two = inLine(1, async () => void seen.push('two'));
  await inLine(2, async () => void seen.push('other'));
  expect(seen).toEqual(['one begins', 'other']);
  first.reject(new Error('of one'));
  await expect(one).rejects.toThrow('of one');
  await two;
  await inLine(1, async () => void seen.push('three'));
  expect(seen).toEqual(['one begins', 'other', 'two', 'three']);
});

it('lets those go ahead who have waited long enough for one that does not end', async () => {
  const inLine = createLines(1);
  const stuck = Promise.withResolvers<string>();
  const first = inLine(1, () => stuck.promise);
  expect(await Promise.all([inLine(1, async () => 'two'), inLine(1, async () => 'three')])).toEqual(['two', 'three']);
  stuck.resolve('one');
  expect(await first).toBe('one');
});
