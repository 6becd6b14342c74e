import { blobFailure } from './blob-failure.ts';
import type { ReadRange } from './blob-store.ts';

/** The part of a blob that a range asks for: from `start` up to, not with, `end`. @throws Failure `bad_range` */
export function clampRange(range: ReadRange, sizeBytes: number): { readonly start: number; readonly end: number } {
  const { start = 0, end = sizeBytes } = range;
  const isRange = Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && end >= start;
  if (isRange && start <= sizeBytes) return { start, end: Math.min(end, sizeBytes) };
  throw blobFailure('bad_range', `no bytes ${start} to ${end} in a blob of ${sizeBytes} bytes`);
}
