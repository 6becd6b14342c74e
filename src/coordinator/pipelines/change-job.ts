import type { Refusal } from '../../lifecycle/index.ts';
import type { Parts } from '../parts.ts';
import type { EventAnswer } from './event-answer.ts';
import type { Person } from './person.ts';
import type { GivenVariable } from './pipeline-request.ts';

/** Cancels one job; forced, its cleanup is skipped, on record. */
export async function cancelJob(
  _parts: Parts,
  _jobId: number,
  _order: { readonly force: boolean; readonly by: Person },
): Promise<EventAnswer> {
  throw new Error('bug: not built yet');
}

/** A new job takes the place of one that has ended; its id. */
export async function retryJob(
  _parts: Parts,
  _jobId: number,
  _by: Person,
): Promise<
  | { readonly kind: 'retried'; readonly jobId: number }
  | { readonly kind: 'refused'; readonly reason: Refusal }
  | { readonly kind: 'unknown' }
> {
  throw new Error('bug: not built yet');
}

/** Starts a manual or delayed job. Its variables win over those of its pipeline. */
export async function playJob(
  _parts: Parts,
  _jobId: number,
  _order: { readonly by: Person; readonly variables: readonly GivenVariable[] },
): Promise<EventAnswer> {
  throw new Error('bug: not built yet');
}
