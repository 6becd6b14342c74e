import type { Route } from '../http/index.ts';
import type { Parts } from '../parts.ts';
import { changeProjectRoutes } from './rest/change-projects.ts';
import { makeProjectRoutes } from './rest/make-projects.ts';
import { memberRoutes } from './rest/members.ts';
import { protectedRefRoutes } from './rest/protected-refs.ts';
import { readProjectRoutes } from './rest/read-projects.ts';

/** Projects, namespaces, and what belongs to a project as such. */
export function projectsRoutes(parts: Parts): readonly Route[] {
  return [
    ...readProjectRoutes(parts),
    ...makeProjectRoutes(parts),
    ...changeProjectRoutes(parts),
    ...memberRoutes(parts),
    ...protectedRefRoutes(parts),
  ];
}
