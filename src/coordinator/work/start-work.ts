import type { Parts } from '../parts.ts';
import type { Sweep } from './sweep.ts';

/** Starts every loop: the sweeps of this part, and those of the others. `stop` resolves when none runs any more. */
export function startWork(_parts: Parts, _others: readonly Sweep[]): { stop(): Promise<void> } {
  throw new Error('bug: not built yet');
}
