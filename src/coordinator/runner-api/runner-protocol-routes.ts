import type { Route } from '../http/index.ts';
import type { Parts } from '../parts.ts';
import { openEventDesk } from './events/event-desk.ts';
import { eventsRoute } from './events/events-route.ts';
import { createManagerNotes } from './manager-notes.ts';
import { registrationRoutes } from './registration/registration-routes.ts';
import { traceRoute } from './reporting/append-trace.ts';
import { runnerArtifactRoutes } from './reporting/artifacts.ts';
import { updateRoute } from './reporting/update-job.ts';
import { requestRoute } from './requesting/request-job.ts';
import { openWaitingRoom } from './requesting/waiting-room.ts';
import { makeIdentifyRunner } from './runner-credential.ts';
import type { RunnerLimits } from './runner-limits.ts';

/** Made once: the routes share who waits and who was heard of. */
export function runnerProtocolRoutes(parts: Parts, limits: RunnerLimits): readonly Route[] {
  const identify = makeIdentifyRunner(parts);
  const managers = createManagerNotes(parts);
  const room = openWaitingRoom(parts);
  return [
    ...registrationRoutes(parts, identify, managers),
    requestRoute(parts, { identify, managers, room }),
    updateRoute(parts),
    traceRoute(parts, limits),
    ...runnerArtifactRoutes(parts, limits),
    eventsRoute(parts, { identify, room, desk: openEventDesk(parts, limits.maxStreamsPerRunner) }),
  ];
}
