import type { Parts } from '../parts.ts';
import type { EventAnswer } from './event-answer.ts';
import type { Person } from './person.ts';

/** Cancels a pipeline, its children included. Forced: at once, what is owed is on record as skipped. */
export async function cancelPipeline(
  _parts: Parts,
  _id: number,
  _order: { readonly force: boolean; readonly by: Person },
): Promise<EventAnswer> {
  throw new Error('bug: not built yet');
}

/** Runs the failed and cancelled jobs again. */
export async function retryPipeline(_parts: Parts, _id: number, _by: Person): Promise<EventAnswer> {
  throw new Error('bug: not built yet');
}
