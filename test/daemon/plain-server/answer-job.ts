import { type Answer, refuse } from './answer.ts';
import type { Desk } from './desk.ts';
import type { PlainJob, PlainResult } from './plain-job.ts';
import { headerOf, type SeenRequest } from './seen-request.ts';

/** `PUT /jobs/:id` and `PATCH /jobs/:id/trace`. */
export function answerJob(desk: Desk, request: SeenRequest): Answer {
  const job = desk.find(request.job);
  if (job === undefined) return refuse(404, 'Not found');
  if (headerOf(request, 'job-token') !== job.token) return refuse(403, 'Forbidden');
  if (request.method === 'PUT')
    return request.json === null ? refuse(400, 'Bad request') : update(desk, job, request.json);
  return append(desk, job, request);
}

function update(desk: Desk, job: PlainJob, said: { readonly state?: unknown }): Answer {
  const isEnd = said.state === 'success' || said.state === 'failed';
  if (said.state !== 'running' && !isEnd) return refuse(400, 'Bad request');
  if (job.status === 'pending' && job.offeredAt !== null) job.status = 'running';
  if (!job.isActive) return refuse(403, 'Forbidden - Job is not running', headersOf(desk, job));
  if (isEnd) {
    const result = said as PlainResult;
    if (!job.fits(result)) {
      // The runner sends it again from its first byte.
      job.loseLog(0);
      return { status: 412, headers: headersOf(desk, job), body: '412' };
    }
    job.end(result);
  }
  return { status: 200, headers: headersOf(desk, job), body: '200' };
}

function append(desk: Desk, job: PlainJob, request: SeenRequest): Answer {
  const match = /^(\d+)-(\d+)$/.exec(headerOf(request, 'content-range'));
  if (!job.isActive) return refuse(403, 'Forbidden - Job is not running', headersOf(desk, job));
  if (match === null) return refuse(400, 'Missing header Content-Range');
  const [start, last] = [Number(match[1]), Number(match[2])];
  const fits = start === job.sizeBytes && last - start + 1 === request.body.length;
  if (fits) job.append(request.body);
  const range = `0-${job.sizeBytes}`;
  const headers = { ...headersOf(desk, job), Range: range };
  return fits ? { status: 202, headers, body: range } : refuse(416, 'Range Not Satisfiable', headers);
}

function headersOf({ intervalS }: Desk, { status }: PlainJob): Readonly<Record<string, string>> {
  return {
    'Job-Status': status,
    ...(intervalS === null ? {} : { 'X-GitLab-Trace-Update-Interval': String(intervalS) }),
  };
}
