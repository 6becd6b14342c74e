export type ProcessMode = 'unordered' | 'oldest_first' | 'newest_first' | 'newest_ready_first';

/** A job that wants a resource group, from any pipeline of the project. */
export interface ResourceCandidate {
  readonly pipeline: number;
  readonly job: number;
}

/**
 * Who gets a free resource group. `waiting` jobs could start now, in the order they came; `upcoming` ones are still created
 * or scheduled. Null: nobody, which can mean that an upcoming job is first and the others wait for it.
 */
export function pickForResource<T extends ResourceCandidate>(
  mode: ProcessMode,
  waiting: readonly T[],
  upcoming: readonly T[],
): T | null {
  if (mode === 'unordered') return waiting[0] ?? null;
  if (mode === 'newest_ready_first') return first(waiting, newer);
  const order = mode === 'oldest_first' ? older : newer;
  const ready = first(waiting, order);
  const blocking = first(upcoming, order);
  if (ready === null || blocking === null) return ready;
  // Inside one pipeline the waiting job goes first.
  return order(blocking, ready) < 0 ? null : ready;
}

type Order = (a: ResourceCandidate, b: ResourceCandidate) => number;
const older: Order = (a, b) => a.pipeline - b.pipeline;
const newer: Order = (a, b) => b.pipeline - a.pipeline;

function first<T extends ResourceCandidate>(candidates: readonly T[], order: Order): T | null {
  return candidates.reduce<T | null>((best, next) => (best === null || order(next, best) < 0 ? next : best), null);
}
