import type { Refusal } from '../../lifecycle/index.ts';

/** What became of an event. */
export type EventAnswer =
  /** Written, also when there was nothing to change. */
  | { readonly kind: 'applied' }
  /** Nothing was written. */
  | { readonly kind: 'refused'; readonly reason: Refusal }
  /** No such pipeline or job. */
  | { readonly kind: 'unknown' };
