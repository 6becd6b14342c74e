import { setImmediate } from 'node:timers/promises';
import { Failure } from '../failure.ts';

/** Copied files or chunks in one synchronous stretch: some 5 ms. */
const STRETCH = 64;

/** Called after each small piece of synchronous work; lets timers, signals and I/O in when it is their turn. */
export type Pace = () => Promise<void> | undefined;

/** `what` is being done; the signal ends it with a Failure `canceled`. */
export function createPace(what: string, signal: AbortSignal | undefined): Pace {
  let pieces = 0;
  const check = () => {
    if (signal?.aborted) throw new Failure('canceled', `${what} was canceled`);
  };
  check();
  return () => {
    pieces += 1;
    return pieces % STRETCH === 0 ? setImmediate().then(check) : undefined;
  };
}
