import { setImmediate } from 'node:timers/promises';
import { Failure } from '../../base/index.ts';

/** Longest stretch of synchronous work before other things get their turn. */
const MAX_STRETCH_MS = 10;

/** Called between two small pieces of synchronous work; lets timers, signals and I/O in when it is their turn. */
export type Pace = () => Promise<void> | undefined;

/** `what` is being done; the signal ends it with a Failure `canceled`. */
export function createPace(what: string, signal: AbortSignal | undefined): Pace {
  let stretchBegan = performance.now();
  const check = () => {
    if (signal?.aborted) throw new Failure('canceled', `${what} was canceled`);
  };
  check();
  return () => {
    if (performance.now() - stretchBegan < MAX_STRETCH_MS) return undefined;
    return setImmediate().then(() => {
      stretchBegan = performance.now();
      check();
    });
  };
}
