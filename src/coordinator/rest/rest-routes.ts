import type { Route } from '../http/index.ts';
import type { Parts } from '../parts.ts';

/** Every route of this part. */
export function restRoutes(_parts: Parts): readonly Route[] {
  return [];
}
