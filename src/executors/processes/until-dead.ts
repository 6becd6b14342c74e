import type { Clock } from '../../base/index.ts';
import type { JobProcess } from '../executor.ts';

/** Between two looks at a dying tree. */
const LOOK_EVERY_MS = 20;

/** As `Place.untilDead`. */
export async function untilDead(
  look: () => readonly JobProcess[],
  clock: Clock,
  maxMs: number,
  signal?: AbortSignal,
): Promise<readonly JobProcess[]> {
  const deadline = clock.monotonic() + maxMs;
  for (;;) {
    const [left, now] = [look(), clock.monotonic()];
    if (left.length === 0 || now >= deadline || signal?.aborted) return left;
    await clock.sleep(Math.min(LOOK_EVERY_MS, deadline - now), signal);
  }
}
