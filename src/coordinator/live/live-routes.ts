import type { Route } from '../http/index.ts';
import type { Parts } from '../parts.ts';

export function liveRoutes(_parts: Parts): readonly Route[] {
  return [];
}
