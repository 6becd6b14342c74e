import { expect, it } from 'vitest';
import { createShare } from './share-reads.ts';

it('reads once for all who ask at a time, and again for whoever asks after it has begun', async () => {
  const share = createShare();
  let reads = 0;
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const read = async (): Promise<number> => {
    reads += 1;
    const own = reads;
    await released;
    return own;
  };
  const first = share('a', read);
  const second = share('a', read);
  const other = share('b', async () => 'b');
  await new Promise((resolve) => setImmediate(resolve));
  const late = share('a', read);
  release();
  expect(await Promise.all([first, second, late, other])).toEqual([1, 1, 2, 'b']);
});

it('tells everybody that a read failed, and reads again', async () => {
  const share = createShare();
  const failing = async (): Promise<never> => {
    throw new Error('no');
  };
  const asked = [share('a', failing), share('a', failing)];
  for (const each of asked) await expect(each).rejects.toThrow('no');
  expect(await share('a', async () => 1)).toBe(1);
});
