import { Type } from 'typebox';
import { type Answer, ok, type Route, route } from '../../http/index.ts';
import { findLines, MOST_LINES, showLines } from '../../logs/index.ts';
import type { Parts } from '../../parts.ts';
import { ownJob } from '../find-own.ts';
import { byTurns } from '../lint/by-turns.ts';
import { words } from '../schemas/common.ts';
import { LOG_LINES, LOG_MATCHES } from '../schemas/log.ts';
import { showLog } from '../shapes/show-log.ts';
import { ONE_JOB } from './read-jobs.ts';

const TRACE = '/api/v4/projects/:id/jobs/:job_id/trace';
const DEFAULT_LINES = 500;
const LAST = Number.MAX_SAFE_INTEGER;

/** The log by lines, for pages that show it. */
export function lineRoutes(parts: Parts): readonly Route[] {
  return [lines(parts), search(parts)];
}

function lines(parts: Parts): Route {
  return route({
    method: 'GET',
    path: `${TRACE}/lines`,
    action: 'job.read',
    summary: 'Lines of a log as they are shown, from one on or the last',
    tag: 'jobs',
    params: ONE_JOB,
    query: Type.Object({
      from: Type.Optional(
        Type.Integer({ minimum: -MOST_LINES, maximum: LAST, description: 'counts from 0; below 0 from the end' }),
      ),
      count: Type.Optional(Type.Integer({ minimum: 1, maximum: MOST_LINES })),
      sections: Type.Optional(Type.Boolean()),
    }),
    answers: { 200: LOG_LINES },
    handle: async ({ params, project, query }): Promise<Answer> => {
      const job = await parts.store.read((db) => ownJob(db, project.id, params.job_id));
      const shown = await showLines(parts, job, { from: query.from ?? 0, count: query.count ?? DEFAULT_LINES });
      return ok(showLog(shown, query.sections === true));
    },
  });
}

function search(parts: Parts): Route {
  // One at a time a replica: each is half a second of the thread that answers everybody.
  const inTurn = byTurns({ atOnce: 1 });
  return route({
    method: 'GET',
    path: `${TRACE}/search`,
    action: 'job.read',
    summary: 'Lines of a log in which a text is shown, without regard to case',
    tag: 'jobs',
    params: ONE_JOB,
    query: Type.Object({
      text: Type.Intersect([words(200), Type.String({ minLength: 1 })]),
      from: Type.Optional(Type.Integer({ minimum: 0, maximum: LAST, description: 'bytes; `next_offset` of before' })),
    }),
    answers: { 200: LOG_MATCHES },
    handle: async (call): Promise<Answer> => {
      const { params, project, query, signal } = call;
      const { id } = await parts.store.read((db) => ownJob(db, project.id, params.job_id));
      const wanted = { text: query.text, from: query.from ?? 0 };
      const found = await inTurn(call, () => findLines(parts, id, wanted, signal));
      const { lines: matched, nextOffset, sizeBytes, resends } = found;
      return ok({
        lines: matched,
        next_offset: nextOffset,
        searched: nextOffset ?? sizeBytes,
        size: sizeBytes,
        resends,
      });
    },
  });
}
