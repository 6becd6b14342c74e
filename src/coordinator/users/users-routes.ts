import type { Route } from '../http/index.ts';
import type { Parts } from '../parts.ts';
import { changeUserRoutes } from './rest/change-users.ts';
import { personalTokenRoutes } from './rest/personal-tokens.ts';
import { projectTokenRoutes } from './rest/project-tokens.ts';
import { readUserRoutes } from './rest/read-users.ts';
import { rotateTokenRoutes } from './rest/rotate-tokens.ts';
import { signInRoutes } from './sign-in/sign-in-routes.ts';

/** Users, signing in, and tokens of all kinds that people make. */
export function usersRoutes(parts: Parts): readonly Route[] {
  return [
    ...signInRoutes(parts),
    ...readUserRoutes(parts),
    ...changeUserRoutes(parts),
    ...personalTokenRoutes(parts),
    ...projectTokenRoutes(parts),
    ...rotateTokenRoutes(parts),
  ];
}
