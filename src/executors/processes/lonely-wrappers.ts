import type { Clock } from '../../base/index.ts';
import type { StepProcess } from '../steps/step-process.ts';
import { send } from './send-signal.ts';

/** A wrapper with nothing left to wait for writes one line and exits; a second is a thousand times what it needs. */
export const LONELY_WRAPPER_MS = 1_000;

/**
 * A KILL spares wrappers, so that they can write `exit`. Called by every KILL that found nothing but them: one that is still there at a
 * call at least `LONELY_WRAPPER_MS` later is stuck and is killed as well; its step has then vanished.
 */
export function createLonelyKiller(clock: Clock): (wrappers: readonly StepProcess[]) => void {
  /** Wrapper pid → when it was first found alone. */
  const since = new Map<number, number>();
  return (wrappers) => {
    const now = clock.monotonic();
    for (const pid of since.keys()) if (!wrappers.some((step) => step.pid === pid)) since.delete(pid);
    for (const { pid } of wrappers) {
      const first = since.get(pid) ?? now;
      since.set(pid, first);
      if (now - first >= LONELY_WRAPPER_MS) send(pid, 'SIGKILL');
    }
  };
}
