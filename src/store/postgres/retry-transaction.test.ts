import { expect, it } from 'vitest';
import { AutoClock } from '../../../test/support/auto-clock.ts';
import { NoConnection } from './postgres-failure.ts';
import { retryTransaction } from './retry-transaction.ts';

/** @param eachMs how long it takes until one try is given up. */
async function tried(eachMs: number): Promise<{ readonly tries: number; readonly tookMs: number }> {
  const clock = new AutoClock(0);
  let tries = 0;
  const trying = retryTransaction(clock, 'db', async () => {
    tries += 1;
    await clock.sleep(eachMs);
    throw new NoConnection(new Error('refused'));
  });
  await expect(trying).rejects.toMatchObject({ code: 'store_unreachable' });
  return { tries, tookMs: clock.monotonic() };
}

it('tries a database that refuses at once for some seconds', async () => {
  const { tries, tookMs } = await tried(0);
  expect(tries).toBe(10);
  expect(tookMs).toBeLessThan(15_000);
});

it('tries one that does not answer a few times, and not for a minute', async () => {
  const { tries, tookMs } = await tried(5_000);
  expect(tries).toBeLessThanOrEqual(4);
  expect(tookMs).toBeLessThan(23_000);
});
