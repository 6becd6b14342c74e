import { Type } from 'typebox';
import { findLog, renewLease } from '../../../store/index.ts';
import { type Answer, badRequest, conflict, HttpError, type Route, route } from '../../http/index.ts';
import { noteCoverage } from '../../logs/index.ts';
import type { Parts } from '../../parts.ts';
import { ID } from '../../rest/schemas/common.ts';
import { fromRunner, leaseMs } from '../../work/index.ts';
import { type AttemptAsking, attemptAsking, attemptIsOver } from '../attempt-credential.ts';
import { heldJobHeaders, jobHeaders } from '../job-headers.ts';
import { LOOSE, type Loose, objectOf, textOf, wholeOf } from '../loose-values.ts';
import { readReport } from './read-report.ts';
import { UPDATE_INTERVAL } from './update-interval.ts';

const MOST_BYTES = 256 * 1024;
const params = Type.Object({ id: ID });

/** What a runner says of its job: that it goes on, and how it ended. */
export function updateRoute(parts: Parts): Route {
  return route({
    method: 'PUT',
    path: '/api/v4/jobs/:id',
    action: 'runner.protocol',
    summary: 'Report on a job',
    tag: 'Runner protocol',
    params,
    body: LOOSE,
    bodyLimit: MOST_BYTES,
    answers: { 200: null, 202: null },
    handle: async (call) => {
      const asking = await attemptAsking(parts, call.params.id, call, textOf(call.body.token));
      // A runner that asks whether it may keep a job it has: it has it, so nobody waits for its word.
      if (call.body.state === 'pending') throw conflict('job is assigned');
      const report = readReport(call.body, asking.attempt.features.phases);
      if (report === null) throw badRequest('unknown state');
      if (report === 'alive') return await renew(parts, asking);
      if (report.type === 'finished') {
        if (await lacksLog(parts, asking, call.body)) return resendLog();
        await noteCoverage(parts, asking.job);
      }
      return answerOf(await fromRunner(parts, asking.attempt, report), report.type === 'finished');
    },
  });
}

async function renew(parts: Parts, { attempt, job }: AttemptAsking): Promise<Answer> {
  const isHeld = await parts.store.write((tx) => renewLease(tx, attempt.id, tx.now() + leaseMs(attempt.features)));
  if (!isHeld) throw attemptIsOver(job.state);
  return said(heldJobHeaders(attempt, job));
}

function said(words: Readonly<Record<string, string>>): Answer {
  const headers = { ...words, 'x-gitlab-trace-update-interval': UPDATE_INTERVAL };
  return { status: 200, body: '200', headers: { 'content-type': 'text/plain', ...headers } };
}

function answerOf(answer: Awaited<ReturnType<typeof fromRunner>>, isFinal: boolean): Answer {
  if (answer.kind === 'unknown') throw new HttpError(403, { message: '403 Forbidden' });
  const { job } = answer;
  if (answer.kind === 'applied') return said(jobHeaders(job));
  const isHeldStill = answer.reason === 'script_is_over' || answer.reason === 'not_canceled';
  if (!isHeldStill || isFinal) throw attemptIsOver(job);
  throw new HttpError(409, { message: `409 Conflict - ${answer.reason}` }, jobHeaders(job));
}

/**
 * The runner counted more bytes than came in. GitLab's runner sends its log again when it hears 412; others do not know that and are believed.
 * Asking again costs nothing: it finds out with its first piece where to go on.
 */
async function lacksLog({ store }: Parts, { attempt }: AttemptAsking, body: Loose): Promise<boolean> {
  const counted = wholeOf(objectOf(body.output).bytesize);
  if (counted === undefined || objectOf(objectOf(body.info).features).trace_reset !== true) return false;
  const log = await store.read((db) => findLog(db, attempt.jobId));
  if (log === null) return counted > 0;
  if (log.state !== 'growing') return false;
  return counted > (log.attempt === attempt.attempt ? log.sizeBytes - log.attemptStart : 0);
}

function resendLog(): Answer {
  return { status: 412, body: '412', headers: { 'content-type': 'text/plain' } };
}
