import { Type } from 'typebox';
import { isFinished } from '../../protocol/index.ts';
import { findLog, type LogRecord } from '../../store/index.ts';
import { type Answer, type Call, noContent, type ProjectFinder, type Route, route, type Taken } from '../http/index.ts';
import type { Parts } from '../parts.ts';
import { ONE_JOB, ONE_PIPELINE, ownJob, ownPipeline } from '../rest/index.ts';
import {
  JOB_EVENTS,
  type JobEvent,
  LOG_EVENTS,
  type LogEvent,
  PIPELINE_EVENTS,
  type PipelineEvent,
} from '../rest/schemas/events.ts';
import { readLogEventId, type SeenLog } from './log-event-id.ts';
import { serveStream, type Telling } from './serve-stream.ts';
import { createShare } from './share-reads.ts';
import { tellJob } from './tell-job.ts';
import { tellLog } from './tell-log.ts';
import { tellPipeline } from './tell-pipeline.ts';
import { watchRoute } from './watch/watch-route.ts';

const TAG = 'live';
const PROJECT = '/api/v4/projects/:id';

export function liveRoutes(parts: Parts, projects: ProjectFinder): readonly Route[] {
  const telling = { parts, share: createShare() };
  return [ofPipeline(telling), ofJob(telling), ofLog(telling), watchRoute(telling, projects)];
}

function ofPipeline(telling: Telling): Route {
  const { parts } = telling;
  return route({
    method: 'GET',
    path: `${PROJECT}/pipelines/:pipeline_id/events`,
    action: 'pipeline.read',
    summary: 'A pipeline and its jobs as they change: server-sent events `pipeline` and `jobs`',
    tag: TAG,
    params: ONE_PIPELINE,
    answers: { 200: null },
    events: PIPELINE_EVENTS,
    handle: async (call): Promise<Taken<PipelineEvent>> => {
      const { project, params } = call;
      const { id } = await parts.store.read((db) => ownPipeline(db, project.id, params.pipeline_id));
      return await serveStream(parts, call, [{ kind: 'pipeline', id }], tellPipeline(telling, id));
    },
  });
}

function ofJob(telling: Telling): Route {
  const { parts } = telling;
  return route({
    method: 'GET',
    path: `${PROJECT}/jobs/:job_id/events`,
    action: 'job.read',
    summary: 'A job as it changes, until it has ended: server-sent events `job`, then `end`',
    tag: TAG,
    params: ONE_JOB,
    answers: { 200: null },
    events: JOB_EVENTS,
    handle: async (call): Promise<Taken<JobEvent>> => {
      const { project, params } = call;
      const { id, pipelineId } = await parts.store.read((db) => ownJob(db, project.id, params.job_id));
      return await serveStream(parts, call, [{ kind: 'pipeline', id: pipelineId }], tellJob(telling, id));
    },
  });
}

function ofLog(telling: Telling): Route {
  const { parts } = telling;
  return route({
    method: 'GET',
    path: `${PROJECT}/jobs/:job_id/trace/events`,
    action: 'job.read',
    summary:
      "A job's log from a byte on, as it grows, until the job has ended: server-sent events `log`, `reset`, then `end`",
    tag: TAG,
    params: ONE_JOB,
    query: Type.Object({
      offset: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'bytes' })),
    }),
    answers: { 200: null, 204: null },
    events: LOG_EVENTS,
    handle: async (call): Promise<Answer | Taken<LogEvent>> => {
      const { project, params, query } = call;
      const resumed = lastEventId(call);
      const { job, log } = await parts.store.read(async (db) => {
        const found = await ownJob(db, project.id, params.job_id);
        return { job: found, log: await findLog(db, found.id) };
      });
      // Who comes back having seen all of it is told to stay away: an `EventSource` does so on 204 alone.
      if (resumed !== null && isFinished(job.state.status) && hasSeenAll(resumed, log)) return noContent();
      const subjects = [
        { kind: 'log', id: job.id },
        { kind: 'pipeline', id: job.pipelineId },
      ] as const;
      return await serveStream(
        parts,
        call,
        subjects,
        tellLog(telling, job.id, resumed ?? { offset: query.offset ?? 0, resends: null }),
      );
    },
  });
}

/** Null: none, or none of ours. */
function lastEventId({ headers }: Pick<Call, 'headers'>): SeenLog | null {
  const given = headers['last-event-id'];
  return typeof given === 'string' ? readLogEventId(given) : null;
}

function hasSeenAll({ offset, resends }: SeenLog, log: LogRecord | null): boolean {
  if (log === null || log.state === 'erased') return true;
  return offset >= log.keptBytes && resends === log.resends;
}
