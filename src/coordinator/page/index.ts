import type { Gate, Route } from '../http/index.ts';
import type { Parts } from '../parts.ts';
import { pageFileRoutes } from './file-routes.ts';
import { openBuild } from './open-build.ts';
import { sessionRoute } from './session-route.ts';

/** The web page: its document, its files, and what it asks first. All else it asks as everybody does. */
export function pageRoutes(parts: Parts, gate: Gate): readonly Route[] {
  return [...pageFileRoutes(openBuild(parts.pageDir)), sessionRoute(parts, gate)];
}
