import type { OutsideJobEvent } from '../../lifecycle/index.ts';
import type { AttemptRecord } from '../../store/index.ts';
import type { Parts } from '../parts.ts';
import type { RunnerAnswer } from './hand-out-types.ts';

type Without<T> = T extends { readonly attempt: number } ? Omit<T, 'attempt'> : never;

/** What a runner reports of the attempt that it holds. */
export type RunnerReport = Without<
  Extract<OutsideJobEvent, { type: 'script_started' | 'teardown_started' | 'cleaned' | 'finished' | 'evicted' }>
>;

/** Tells the job what its runner reports. Renewing the lease is not part of it. */
export async function fromRunner(_parts: Parts, _attempt: AttemptRecord, _report: RunnerReport): Promise<RunnerAnswer> {
  throw new Error('bug: not built yet');
}
