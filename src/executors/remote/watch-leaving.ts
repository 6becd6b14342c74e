import { type Clock, Failure } from '../../base/index.ts';
import type { Reach } from './reach.ts';

const EVERY_MS = 5_000;

/** Whether the place was told to go. `why` asks in the background, as long as somebody wants to know, and answers with what was seen last. */
export function watchLeaving(
  reach: Pick<Reach, 'state'>,
  clock: Pick<Clock, 'monotonic'>,
): { readonly why: () => string | null; readonly stop: () => Promise<void> } {
  let reason: string | null = null;
  let askedAt: number | null = null;
  let asking: Promise<void> | null = null;
  let isStopped = false;

  async function ask(): Promise<void> {
    try {
      const state = await reach.state();
      reason = state.kind === 'leaving' ? state.reason : null;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
    } finally {
      askedAt = clock.monotonic();
      asking = null;
    }
  }

  return {
    why() {
      const isDue = askedAt === null || clock.monotonic() - askedAt >= EVERY_MS;
      if (isDue && !isStopped) asking ??= ask();
      return reason;
    },
    async stop() {
      isStopped = true;
      await asking;
    },
  };
}
