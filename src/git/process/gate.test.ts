import { expect, it } from 'vitest';
import { createGate } from './gate.ts';

const never = new AbortController().signal;

it('lets the next one in when one leaves, in the order in which they came, and forgets who gave up', async () => {
  const gate = createGate(1);
  const seen: string[] = [];
  const first = Promise.withResolvers<void>();
  const enter = (name: string, signal = never) => gate.pass(async () => void seen.push(name), signal);
  const inside = gate.pass(() => first.promise, never);
  const stop = new AbortController();
  const givenUp = enter('given up', stop.signal);
  const others = [enter('a'), enter('b')];
  stop.abort(new Error('enough'));
  await expect(givenUp).rejects.toThrow('enough');
  expect(seen).toEqual([]);
  first.reject(new Error('it failed'));
  await expect(inside).rejects.toThrow('it failed');
  await Promise.all(others);
  await enter('c');
  expect(seen).toEqual(['a', 'b', 'c']);
});
