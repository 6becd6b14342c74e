import type { Parts } from '../../parts.ts';
import { type HandOut, handOut, type RunnerAsking } from '../../work/index.ts';
import type { WaitingRoom } from './waiting-room.ts';

/** As GitLab holds a request for work. Shorter than any proxy's patience, and than ours with a silent connection. */
export const LONG_POLL_MS = 50_000;

export interface JobWait {
  /** Whether to wait when there is nothing now. */
  readonly isHeld: boolean;
  /** The asker has gone, or the server stops. */
  readonly signal: AbortSignal;
}

/** One job for this runner; null: none came. */
export async function waitForJob(
  parts: Parts,
  room: WaitingRoom,
  asking: RunnerAsking,
  { isHeld, signal }: JobWait,
): Promise<HandOut | null> {
  const end = parts.clock.monotonic() + LONG_POLL_MS;
  const waiter = room.enter(asking.fit);
  try {
    for (;;) {
      const woken = waiter.woken();
      const job = await handOut(parts, asking, { signal });
      if (job !== null) {
        waiter.served();
        return job;
      }
      const left = end - parts.clock.monotonic();
      if (!isHeld || left <= 0 || signal.aborted) return null;
      await sleepUntil(parts, woken, left, signal);
      if (signal.aborted) return null;
    }
  } finally {
    waiter.leave();
  }
}

async function sleepUntil({ clock }: Parts, woken: Promise<void>, ms: number, signal: AbortSignal): Promise<void> {
  const enough = new AbortController();
  const slept = clock.sleep(ms, AbortSignal.any([signal, enough.signal]));
  await Promise.race([woken, slept]);
  enough.abort();
  await slept;
}
