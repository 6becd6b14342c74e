import { Readable } from 'node:stream';
import { HttpError, type Route, route } from '../../http/index.ts';
import { readJobLog } from '../../logs/index.ts';
import type { Parts } from '../../parts.ts';
import { ownJob } from '../find-own.ts';
import { ONE_JOB } from './read-jobs.ts';

const TYPE = 'text/plain; charset=utf-8';

/** The log as text, whole or a range of its bytes (`Range: bytes=100-`); empty while there is none. For programs, and for a browser. */
export function traceRoutes(parts: Parts): readonly Route[] {
  return [trace(parts, '/api/v4/projects/:id/jobs/:job_id/trace'), trace(parts, '/:id/-/jobs/:job_id/raw')];
}

function trace(parts: Parts, path: string): Route {
  return route({
    method: 'GET',
    path,
    ...(path.startsWith('/api/') ? {} : { hidden: true as const }),
    action: 'job.read',
    summary: 'Log of a job, or a range of its bytes',
    tag: 'jobs',
    params: ONE_JOB,
    answers: { 200: null, 206: null, 416: null },
    handle: async ({ params, project, headers }) => {
      const { id } = await parts.store.read((db) => ownJob(db, project.id, params.job_id));
      const asked = rangeOf(headers.range);
      const whole = await readJobLog(parts, id, asked?.kind === 'from' ? asked : {});
      const sizeBytes = whole?.sizeBytes ?? 0;
      const common = { 'content-type': TYPE, 'accept-ranges': 'bytes' };
      if (asked === null || whole === null) {
        return {
          status: 200,
          body: whole?.body ?? Readable.from([]),
          headers: { ...common, 'content-length': sizeBytes },
        };
      }
      whole.body.destroy();
      const from = asked.kind === 'last' ? Math.max(0, sizeBytes - asked.bytes) : asked.from;
      const to = Math.min(asked.kind === 'last' ? sizeBytes : asked.to, sizeBytes);
      const opened = from >= to ? null : await readJobLog(parts, id, { from, to });
      if (opened === null) {
        const headers416 = { 'content-range': `bytes */${sizeBytes}` };
        throw new HttpError(416, { message: '416 Range Not Satisfiable' }, headers416);
      }
      const headers206 = {
        ...common,
        'content-range': `bytes ${from}-${to - 1}/${sizeBytes}`,
        'content-length': to - from,
      };
      return { status: 206, body: opened.body, headers: headers206 };
    },
  });
}

type ByteRange =
  | { readonly kind: 'from'; readonly from: number; readonly to: number }
  | { readonly kind: 'last'; readonly bytes: number };

/** Null: none, or one that is to be ignored, as RFC 9110 has it: several, another unit, no numbers. */
function rangeOf(header: string | undefined): ByteRange | null {
  const [, from = '', to = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (from === '') return to === '' ? null : { kind: 'last', bytes: Number(to) };
  if (to !== '' && Number(to) < Number(from)) return null;
  return { kind: 'from', from: Number(from), to: to === '' ? Number.MAX_SAFE_INTEGER : Number(to) + 1 };
}
