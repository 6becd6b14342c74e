import { invariant } from '../../../base/index.ts';

const CHUNK = 64;

/**
 * A list that never changes. `withSlot` copies one chunk and the list of chunks, not all n values: for 5,000 values 140
 * pointers instead of 5,000, which keeps one event cheap in a large pipeline.
 */
export interface Slots<T> {
  readonly length: number;
  readonly chunks: readonly (readonly T[])[];
}

export function slotsOf<T>(values: readonly T[]): Slots<T> {
  const chunks: T[][] = [];
  for (let i = 0; i < values.length; i += CHUNK) chunks.push(values.slice(i, i + CHUNK));
  return { length: values.length, chunks };
}

export function slotAt<T>(slots: Slots<T>, index: number): T {
  invariant(index >= 0 && index < slots.length, `slot ${index} of ${slots.length}`);
  return slots.chunks[Math.floor(index / CHUNK)]?.[index % CHUNK] as T;
}

/** `index` may be the length: the list then grows by one. */
export function withSlot<T>(slots: Slots<T>, index: number, value: T): Slots<T> {
  invariant(index >= 0 && index <= slots.length, `slot ${index} of ${slots.length}`);
  const which = Math.floor(index / CHUNK);
  const chunk = [...(slots.chunks[which] ?? [])];
  chunk[index % CHUNK] = value;
  const chunks = [...slots.chunks];
  chunks[which] = chunk;
  return { length: Math.max(slots.length, index + 1), chunks };
}

export function allSlots<T>(slots: Slots<T>): T[] {
  return slots.chunks.flat() as T[];
}
