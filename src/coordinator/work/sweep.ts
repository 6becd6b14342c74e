import type { Parts } from '../parts.ts';

/** Work that comes up by itself. Safe to run anywhere at any time, twice, and stopped in the middle. */
export interface Sweep {
  /** Unique; also what elects the one replica that runs it in an interval. */
  readonly name: string;
  readonly everyMs: number;
  /** One bounded turn. Throws only what is worth a line in the log; the next turn comes anyway. */
  run(parts: Parts, signal: AbortSignal): Promise<void>;
}
