import { describe, expect, it } from 'vitest';
import { createSupply } from './supply.ts';

async function* numbers(): AsyncGenerator<number> {
  yield* [1, 2, 3];
}

async function all(supply: ReturnType<typeof createSupply<number>>): Promise<number[]> {
  const seen: number[] = [];
  for (let item = await supply.next(); item !== null; item = await supply.next()) seen.push(item);
  return seen;
}

describe('a supply', () => {
  it('gives again what was not settled, and the last one where it is wanted', async () => {
    const supply = createSupply(numbers());
    expect([await supply.next(), await supply.next()]).toEqual([1, 2]);
    supply.again();
    expect(await supply.next()).toBe(1);
    expect(await supply.next()).toBe(2);
    supply.settle(true);
    expect(await all(supply)).toEqual([2, 3]);
    supply.again();
    expect(await all(supply)).toEqual([2, 3]);
    supply.settle(false);
    supply.again();
    expect(await all(supply)).toEqual([]);
  });

  it('never calls a source that broke off one that has no more', async () => {
    async function* broken(): AsyncGenerator<number> {
      yield 1;
      throw new Error('damaged');
    }
    const supply = createSupply(broken());
    expect(await supply.next()).toBe(1);
    for (let tries = 0; tries < 2; tries += 1) {
      await expect(all(supply)).rejects.toThrow('damaged');
      supply.again();
    }
  });
});
