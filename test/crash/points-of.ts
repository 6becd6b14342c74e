import type { Engine } from '../support/engines.ts';
import type { Points } from './server/orders.ts';

export interface Campaign {
  readonly points: Points;
  /** With fewer of them it proves nothing. */
  readonly leastKills: number;
}

/**
 * As large as the other campaign (`CAMPAIGN=seed:first:last`): every point on SQLite and a third of them on PostgreSQL and on a full disk, which makes more
 * than two hundred; with a thousand trials each point three times everywhere, with few only some. `CRASH_AT` names one point instead.
 */
export function pointsOf(
  engine: Engine,
  deed: Points['deed'],
  { CAMPAIGN, CRASH_AT }: Readonly<NodeJS.ProcessEnv>,
): Campaign {
  if (CRASH_AT !== undefined) return { points: { deed, most: 1, share: 1, seed: 0, only: CRASH_AT }, leastKills: 0 };
  const [seed = Date.now() % 1_000_000_000, first = 1, last = 160] = CAMPAIGN?.split(':').map(Number) ?? [];
  const trials = last - first + 1;
  const common = { deed, seed, only: null };
  if (trials >= 1000) return { points: { ...common, most: 3, share: 1 }, leastKills: 400 };
  if (trials < 160) return { points: { ...common, most: 1, share: 12 }, leastKills: 8 };
  if (engine === 'PostgreSQL' || deed === 'fill') return { points: { ...common, most: 1, share: 3 }, leastKills: 40 };
  return { points: { ...common, most: 1, share: 1 }, leastKills: 160 };
}
