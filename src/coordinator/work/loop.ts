import { describeError } from '../../base/index.ts';
import type { Parts } from '../parts.ts';

export interface Turn {
  readonly name: string;
  /** How often it is looked whether there is something to do; sooner after a hint. */
  readonly everyMs: number;
  /** One bounded turn; resolves to whether there may be more to do at once. */
  run(parts: Parts, signal: AbortSignal): Promise<boolean>;
}

export interface Loop {
  /** There may be something to do. */
  wake(): void;
  stop(): Promise<void>;
}

const LONGEST_PAUSE_MS = 30_000;

/** Takes one turn after the other until it is stopped. One that fails is noted, and comes again, later each time. */
export function startLoop(parts: Parts, turn: Turn): Loop {
  const { clock, log } = parts;
  const stopping = new AbortController();
  let woken = new AbortController();
  async function go(): Promise<void> {
    for (let failures = 0; !stopping.signal.aborted; ) {
      // A hint that comes during the turn is about something that the turn may not have seen.
      woken = new AbortController();
      const { signal } = woken;
      try {
        const hasMore = await turn.run(parts, stopping.signal);
        failures = 0;
        if (hasMore) continue;
      } catch (error) {
        failures += 1;
        // What was under way when it was told to stop comes again.
        if (stopping.signal.aborted) return;
        log.warn({ loop: turn.name, error: describeError(error) }, 'a loop stumbled');
      }
      const pauseMs = failures === 0 ? turn.everyMs : Math.min(LONGEST_PAUSE_MS, 500 * 2 ** Math.min(failures, 10));
      await clock.sleep(pauseMs, failures === 0 ? AbortSignal.any([signal, stopping.signal]) : stopping.signal);
    }
  }
  const gone = go();
  return {
    wake: () => woken.abort(),
    stop() {
      stopping.abort();
      return gone;
    },
  };
}
