import type { Route } from '../http/index.ts';
import type { Parts } from '../parts.ts';
import { referenceRoutes } from './about/reference-routes.ts';
import { versionRoutes } from './about/version-routes.ts';
import { auditRoutes } from './audit/audit-routes.ts';
import { jobChanges } from './jobs/change-jobs.ts';
import { ownJobRoute } from './jobs/own-job.ts';
import { attemptsRoute } from './jobs/read-attempts.ts';
import { jobReads } from './jobs/read-jobs.ts';
import { lineRoutes } from './jobs/read-lines.ts';
import { traceRoutes } from './jobs/read-trace.ts';
import { jobVariablesRoute } from './jobs/read-variables.ts';
import { lintRoutes } from './lint/lint-routes.ts';
import { obligationRoutes } from './obligations/obligation-routes.ts';
import { pageRoutes } from './pages/page-routes.ts';
import { pipelineChanges } from './pipelines/change-pipelines.ts';
import { pipelineCreation } from './pipelines/create-pipelines.ts';
import { graphRoute } from './pipelines/read-graph.ts';
import { pipelineReads } from './pipelines/read-pipelines.ts';
import { resourceRoutes } from './resources/resource-groups.ts';
import { triggerRoutes } from './triggers/trigger-routes.ts';

/** Every route of this part. */
export function restRoutes(parts: Parts): readonly Route[] {
  return [
    ...pipelineReads(parts),
    graphRoute(parts),
    ...pipelineCreation(parts),
    ...pipelineChanges(parts),
    ...jobReads(parts),
    attemptsRoute(parts),
    jobVariablesRoute(parts),
    ...traceRoutes(parts),
    ...lineRoutes(parts),
    ...jobChanges(parts),
    ownJobRoute(parts),
    ...resourceRoutes(parts),
    ...obligationRoutes(parts),
    ...lintRoutes(parts),
    ...triggerRoutes(parts),
    ...auditRoutes(parts),
    ...versionRoutes(parts),
    ...referenceRoutes(),
    ...pageRoutes(parts),
  ];
}
