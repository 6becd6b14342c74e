import { Type } from 'typebox';
import { findJob } from '../../../store/index.ts';
import { type Answer, badRequest, type Call, forbidden, HttpError, type Route, route } from '../../http/index.ts';
import { type WatchedLogs, watchedLogs } from '../../live/index.ts';
import { appendLog } from '../../logs/index.ts';
import type { Parts } from '../../parts.ts';
import { ID } from '../../rest/schemas/common.ts';
import { leaseMs } from '../../work/index.ts';
import { type AttemptAsking, attemptAsking, attemptHasEnded } from '../attempt-credential.ts';
import { heldJobHeaders } from '../job-headers.ts';
import type { RunnerLimits } from '../runner-limits.ts';
import { readBytes } from './read-bytes.ts';
import { traceInterval } from './update-interval.ts';

/** GitLab's runner sends at most half of it. */
const MOST_BYTES = 2 << 20;
const params = Type.Object({ id: ID });
const query = Type.Object({ debug_trace: Type.Optional(Type.String()), token: Type.Optional(Type.String()) });

/** A piece of a job's log. `Range: 0-N` in the answer: N bytes are there, and the next piece begins at N. */
export function traceRoute(parts: Parts, { maxLogBytes }: Pick<RunnerLimits, 'maxLogBytes'>): Route {
  const watched = watchedLogs(parts);
  return route({
    method: 'PATCH',
    path: '/api/v4/jobs/:id/trace',
    action: 'runner.protocol',
    summary: "Add to a job's log",
    tag: 'Runner protocol',
    params,
    query,
    body: 'stream',
    answers: { 202: null },
    handle: async (call) => {
      const { attempt } = await attemptAsking(parts, call.params.id, call, call.query.token);
      const offset = startOf(call);
      const bytes = await readBytes(call.raw.request, MOST_BYTES);
      const piece = { offset, bytes, leaseMs: leaseMs(attempt.features), maxBytes: maxLogBytes };
      const appended = await appendLog(parts, attempt, piece);
      const job = await parts.store.read((db) => findJob(db, attempt.jobId));
      if (job === null) throw forbidden();
      if (appended.kind === 'over') throw await attemptHasEnded(parts, { attempt, job });
      const headers = headersOf({ attempt, job }, appended.sizeBytes, watched);
      if (appended.kind === 'appended') return accepted(appended.sizeBytes, headers);
      throw new HttpError(416, { message: '416 Range Not Satisfiable' }, headers);
    },
  });
}

/** Of `Content-Range: 0-99`. What it says of the end is not looked at: some runners count it in, some do not. */
function startOf({ headers }: Pick<Call, 'headers'>): number {
  const [, start] = /^\s*(?:bytes[ =])?(\d{1,15})-\d*(?:\/.*)?$/.exec(headers['content-range'] ?? '') ?? [];
  if (start === undefined) throw badRequest('Missing header Content-Range');
  return Number(start);
}

function headersOf(
  { attempt, job }: AttemptAsking,
  sizeBytes: number,
  watched: WatchedLogs,
): Readonly<Record<string, string>> {
  return {
    ...heldJobHeaders(attempt, job.state),
    range: `0-${sizeBytes}`,
    'x-gitlab-trace-update-interval': String(traceInterval(attempt, watched.isWatched(job.id))),
  };
}

function accepted(sizeBytes: number, headers: Readonly<Record<string, string>>): Answer {
  return { status: 202, body: `0-${sizeBytes}`, headers: { 'content-type': 'text/plain', ...headers } };
}
