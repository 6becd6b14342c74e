import type { Route } from '../http/index.ts';
import type { Parts } from '../parts.ts';

/** What REST shows of a project's repository. All of it is read. */
export function repositoryRoutes(_parts: Parts): readonly Route[] {
  return [];
}
