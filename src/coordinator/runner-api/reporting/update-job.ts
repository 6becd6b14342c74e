import { Type } from 'typebox';
import { renewLease } from '../../../store/index.ts';
import { type Answer, badRequest, conflict, HttpError, type Route, route } from '../../http/index.ts';
import { type CountedLog, lacksLog, noteCoverage } from '../../logs/index.ts';
import type { Parts } from '../../parts.ts';
import { ID } from '../../rest/schemas/common.ts';
import { fromRunner, leaseMs, type RunnerReport } from '../../work/index.ts';
import { type AttemptAsking, attemptHasEnded, attemptIsOver, attemptOnceAsking } from '../attempt-credential.ts';
import { heldJobHeaders, jobHeaders } from '../job-headers.ts';
import { LOOSE, type Loose, objectOf, textOf, wholeOf } from '../loose-values.ts';
import { noteLateCleanup } from './note-late-cleanup.ts';
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
      const asking = await attemptOnceAsking(parts, call.params.id, call, textOf(call.body.token));
      if (asking.attempt.endedAt !== null) {
        await noteLateCleanup(parts, asking, call.body);
        throw attemptIsOver(asking);
      }
      // A runner that asks whether it may keep a job it has: it has it, so nobody waits for its word.
      if (call.body.state === 'pending') throw conflict('job is assigned');
      const report = readReport(call.body, asking.attempt.features.phases);
      if (report === null) throw badRequest('unknown state');
      if (report === 'alive') return await renew(parts, asking);
      if (report.type === 'finished') {
        const isWhole = !knowsResend(call.body) || !(await lacksLog(parts, asking.attempt, countedLog(call.body)));
        if (!isWhole) return resendLog(asking);
        await noteCoverage(parts, asking.job);
      }
      return await answerTo(parts, asking, report);
    },
  });
}

async function renew(parts: Parts, { attempt, job }: AttemptAsking): Promise<Answer> {
  const isHeld = await parts.store.write((tx) => renewLease(tx, attempt.id, tx.now() + leaseMs(attempt.features)));
  if (!isHeld) throw await attemptHasEnded(parts, { attempt, job });
  return said(heldJobHeaders(attempt, job));
}

function said(words: Readonly<Record<string, string>>): Answer {
  const headers = { ...words, 'x-gitlab-trace-update-interval': UPDATE_INTERVAL };
  return { status: 200, body: '200', headers: { 'content-type': 'text/plain', ...headers } };
}

async function answerTo(parts: Parts, asking: AttemptAsking, report: RunnerReport): Promise<Answer> {
  const answer = await fromRunner(parts, asking.attempt, report);
  if (answer.kind === 'unknown') throw new HttpError(403, { message: '403 Forbidden' });
  const { job } = answer;
  if (answer.kind === 'applied') return said(jobHeaders(job));
  const isHeldStill = answer.reason === 'script_is_over' || answer.reason === 'not_canceled';
  if (!isHeldStill || report.type === 'finished') throw await attemptHasEnded(parts, asking);
  throw new HttpError(409, { message: `409 Conflict - ${answer.reason}` }, jobHeaders(job));
}

/** GitLab's runner sends its log again when it hears 412. Others do not know that, and are believed. */
function knowsResend(body: Loose): boolean {
  return objectOf(objectOf(body.info).features).trace_reset === true;
}

function countedLog(body: Loose): CountedLog {
  const { bytesize, checksum = body.checksum } = objectOf(body.output);
  const [, digits] = /^crc32:([0-9a-f]{8})$/.exec(textOf(checksum) ?? '') ?? [];
  return { sizeBytes: wholeOf(bytesize) ?? null, crc: digits === undefined ? null : Number.parseInt(digits, 16) };
}

function resendLog({ attempt, job }: AttemptAsking): Answer {
  return { status: 412, body: '412', headers: { 'content-type': 'text/plain', ...heldJobHeaders(attempt, job) } };
}
