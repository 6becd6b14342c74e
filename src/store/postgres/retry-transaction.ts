import type { Clock } from '../../base/index.ts';
import { readPostgresError, readTrouble } from './postgres-failure.ts';

/** Deadlocks are over at once; a database that restarts is back after seconds; every connection of the pool may be outdated. */
const BUDGET = {
  outdated: { tries: 100, firstMs: 0, mostMs: 0 },
  conflict: { tries: 8, firstMs: 5, mostMs: 200 },
  unreachable: { tries: 10, firstMs: 50, mostMs: 2_000 },
} as const;
/** Then whoever waits hears that it is not now, however few tries that were: each may take seconds until a network or a lock gives up. */
export const WITHIN_MS = 15_000;

/** Runs it again after a conflict, or when the connection was lost before the commit was sent. */
export async function retryTransaction<T>(clock: Clock, name: string, attempt: () => Promise<T>): Promise<T> {
  const endsAt = clock.monotonic() + WITHIN_MS;
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      const trouble = readTrouble(error);
      const budget = trouble in BUDGET ? BUDGET[trouble as keyof typeof BUDGET] : null;
      const isEnough = tries >= (budget?.tries ?? 0) || clock.monotonic() >= endsAt;
      if (budget === null || isEnough) throw readPostgresError(error, name);
      const pause = Math.min(budget.mostMs, budget.firstMs * 2 ** (tries - 1));
      await clock.sleep(pause * (0.5 + Math.random()));
    }
  }
}
