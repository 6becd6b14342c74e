import { artifactRoutes } from './artifacts/index.ts';
import type { Gate, Route } from './http/index.ts';
import { liveRoutes } from './live/index.ts';
import { healthRoutes } from './operate/health-routes.ts';
import { metricsRoutes } from './operate/metrics-routes.ts';
import { pageRoutes } from './page/index.ts';
import type { Parts } from './parts.ts';
import { createProjectForPush, projectsRoutes } from './projects/index.ts';
import { type GitPorts, gitRoutes, repositoryRoutes } from './repositories/index.ts';
import { restRoutes } from './rest/index.ts';
import { DEFAULT_LIMITS, type RunnerLimits, runnerProtocolRoutes } from './runner-api/index.ts';
import { runnersRoutes } from './runners/index.ts';
import { usersRoutes } from './users/index.ts';
import { variablesRoutes } from './variables/index.ts';

/** Everything that can be asked of a coordinator. Nothing is reachable that is not in here. */
export function allRoutes(parts: Parts, gate: Gate, limits: RunnerLimits = DEFAULT_LIMITS): readonly Route[] {
  const git: GitPorts = {
    gate,
    createForPush: (by, fullPath) => createProjectForPush(parts, by, fullPath),
  };
  return [
    ...healthRoutes(parts),
    ...metricsRoutes(parts),
    ...usersRoutes(parts),
    ...runnerProtocolRoutes(parts, limits),
    ...projectsRoutes(parts),
    ...runnersRoutes(parts, gate.projects),
    ...variablesRoutes(parts),
    ...restRoutes(parts),
    ...pageRoutes(parts, gate),
    ...artifactRoutes(parts),
    ...liveRoutes(parts, gate.projects),
    ...repositoryRoutes(parts),
    ...gitRoutes(parts, git),
  ];
}
