import { describeError } from '../../../base/index.ts';
import type { Tx } from '../../../store/index.ts';
import type { Parts } from '../../parts.ts';

/** Credentials that are remembered at once; a forgotten one is noted once more than it had to be. */
const MOST_KEYS = 10_000;

/** Notes that a credential was used, so seldom that no request has to wait for a write. */
export interface UseNotes {
  /** Runs `write` unless this process has done so for `key` in the last `everyMs`. What goes wrong is logged: to be let in does not depend on it. */
  note(key: string, everyMs: number, write: (tx: Tx) => Promise<void>): Promise<void>;
}

export function createUseNotes({ store, clock, log }: Pick<Parts, 'store' | 'clock' | 'log'>): UseNotes {
  const notedAt = new Map<string, number>();
  return {
    async note(key, everyMs, write) {
      const now = clock.monotonic();
      const last = notedAt.get(key);
      if (last !== undefined && now - last < everyMs) return;
      // Before the write: others that come with the same credential meanwhile do not wait for one of their own.
      notedAt.delete(key);
      notedAt.set(key, now);
      if (notedAt.size > MOST_KEYS) notedAt.delete(notedAt.keys().next().value ?? '');
      try {
        await store.write(write);
      } catch (error) {
        log.warn({ error: describeError(error) }, 'the use of a credential was not noted');
      }
    },
  };
}
