import { computed } from '@preact/signals';
import { address } from './address.ts';
import type { Entry } from './entry.ts';
import type { Params } from './pattern.ts';
import { TABLE } from './table.ts';

export interface Place {
  /** Null: no view has this address. */
  readonly entry: Entry | null;
  readonly params: Params;
}

/** The view of the present address. Views do not look here: they are given what they need, and `table.ts` knows them. */
export const place = computed<Place>(() => placeOf(address.value.path));

export function placeOf(path: string): Place {
  for (const entry of TABLE) {
    const params = entry.match(path);
    if (params !== null) return { entry, params };
  }
  return { entry: null, params: {} };
}
