import { expect, it } from 'vitest';
import { lendMemory } from './lend-memory.ts';

const SIZE = 123_456;

it('lends the same memory again once it is back, also from somebody who failed', async () => {
  const first = await lendMemory(SIZE, async (memory) => memory);
  expect(first.length).toBe(SIZE);
  const failed = lendMemory(SIZE, async (memory) => {
    expect(memory).toBe(first);
    throw new Error('it fails');
  });
  await expect(failed).rejects.toThrow('it fails');
  await lendMemory(SIZE, async (memory) => expect(memory).toBe(first));
});

it('lends nobody what somebody has', async () => {
  await lendMemory(SIZE, (outer) => lendMemory(SIZE, async (inner) => expect(inner.buffer).not.toBe(outer.buffer)));
});

it('keeps no more than 8 MiB for the next', async () => {
  const all = new Set<Buffer>();
  const lendTogether = async (left: number): Promise<void> => {
    if (left > 0)
      await lendMemory(1024 * 1024, (memory) => {
        all.add(memory);
        return lendTogether(left - 1);
      });
  };
  await lendTogether(20);
  expect(all.size).toBe(20);
  await lendTogether(20);
  expect(all.size).toBe(32);
});
