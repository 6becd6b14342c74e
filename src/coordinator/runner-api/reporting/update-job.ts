import { Type } from 'typebox';
import { renewLease, shortenLease } from '../../../store/index.ts';
import { type Answer, badRequest, conflict, HttpError, type Route, route } from '../../http/index.ts';
import { type CountedLog, lacksLog, noteCoverage } from '../../logs/index.ts';
import type { Parts } from '../../parts.ts';
import { ID } from '../../rest/schemas/common.ts';
import { comeBack, fromRunner, leaseMs, type RunnerReport } from '../../work/index.ts';
import { type AttemptAsking, attemptHasEnded, attemptOnceAsking } from '../attempt-credential.ts';
import { heldJobHeaders, mayComeBack } from '../job-headers.ts';
import { LOOSE, type Loose, objectOf, textOf, wholeOf } from '../loose-values.ts';
import { noteLateCleanup } from './note-late-cleanup.ts';
import { readReport } from './read-report.ts';
import { UPDATE_INTERVAL } from './update-interval.ts';

const MOST_BYTES = 256 * 1024;
const MOST_DETACHED_S = 900;
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
      const ask = () => attemptOnceAsking(parts, call.params.id, call, textOf(call.body.token));
      const asking = await ask();
      const { attempt } = asking;
      if (attempt.endedAt !== null) return await whenOver(parts, asking, call.body);
      // A runner that asks whether it may keep a job it has: it has it, so nobody waits for its word.
      if (call.body.state === 'pending') throw conflict('job is assigned');
      const report = readReport(call.body, attempt.features.phases);
      if (report === null) throw badRequest('unknown state');
      if (report.kind === 'running') {
        try {
          return await goOn(parts, asking, call.body, report.reports);
        } catch (error) {
          // Its lease had lapsed, and this call was the first to see it.
          const now = call.body.resumed === true ? await ask() : asking;
          if (now.attempt.endedAt === null) throw error;
          return await whenOver(parts, now, call.body);
        }
      }
      const isWhole = !knowsResend(call.body) || !(await lacksLog(parts, attempt, countedLog(call.body)));
      if (!isWhole) return resendLog(asking);
      await noteCoverage(parts, asking.job);
      return await answerTo(parts, asking, await fromRunner(parts, attempt, report.reports), true);
    },
  });
}

async function goOn(
  parts: Parts,
  asking: AttemptAsking,
  body: Loose,
  reports: readonly RunnerReport[],
): Promise<Answer> {
  const lease = leaseFor(asking, body);
  await endDetachment(parts, asking, body, lease);
  if (reports.length === 0) return await renew(parts, asking, lease);
  return await answerTo(parts, asking, await fromRunner(parts, asking.attempt, reports, lease));
}

/** Whoever was lost may have the cleanup back, if it says that it has taken the job up again and nobody else has it; else what it says of its cleanup is noted. */
async function whenOver(parts: Parts, asking: AttemptAsking, body: Loose): Promise<Answer> {
  const { attempt, job } = asking;
  const report = readReport(body, attempt.features.phases);
  // A report that was sent before it was lost, and comes late, does not say so.
  if (report?.kind === 'running' && body.resumed === true && mayComeBack(attempt, job.state)) {
    const answer = await comeBack(parts, attempt, report.reports, leaseFor(asking, body));
    if (answer.kind === 'applied') return said(heldJobHeaders(attempt, answer.job));
  }
  await noteLateCleanup(parts, asking, body);
  throw await attemptHasEnded(parts, asking);
}

/** A runner whose process leaves its jobs running for the next one says how long that may take. */
function leaseFor({ attempt }: AttemptAsking, body: Loose): number {
  const detachedS = attempt.features.phases ? (wholeOf(body.detached) ?? 0) : 0;
  return Math.max(leaseMs(attempt.features), Math.min(detachedS, MOST_DETACHED_S) * 1000);
}

/** The process that a detached one has made room for is there: from now on its own death is seen as soon as any. */
async function endDetachment({ store }: Parts, { attempt }: AttemptAsking, body: Loose, lease: number): Promise<void> {
  const { contactedAt, leaseUntil, id } = attempt;
  if (body.resumed !== true || contactedAt === null || leaseUntil - contactedAt <= lease) return;
  await store.write((tx) => shortenLease(tx, id, tx.now() + lease));
}

async function renew(parts: Parts, { attempt, job }: AttemptAsking, lease: number): Promise<Answer> {
  const isHeld = await parts.store.write((tx) => renewLease(tx, attempt.id, tx.now() + lease));
  if (!isHeld) throw await attemptHasEnded(parts, { attempt, job });
  return said(heldJobHeaders(attempt, job.state));
}

function said(words: Readonly<Record<string, string>>): Answer {
  const headers = { ...words, 'x-gitlab-trace-update-interval': UPDATE_INTERVAL };
  return { status: 200, body: '200', headers: { 'content-type': 'text/plain', ...headers } };
}

async function answerTo(
  parts: Parts,
  asking: AttemptAsking,
  answer: Awaited<ReturnType<typeof fromRunner>>,
  isFinal = false,
): Promise<Answer> {
  if (answer.kind === 'unknown') throw new HttpError(403, { message: '403 Forbidden' });
  const headers = heldJobHeaders(asking.attempt, answer.job);
  if (answer.kind === 'applied') return said(headers);
  const isHeldStill = answer.reason === 'script_is_over' || answer.reason === 'not_canceled';
  if (!isHeldStill || isFinal) throw await attemptHasEnded(parts, asking);
  throw new HttpError(409, { message: `409 Conflict - ${answer.reason}` }, headers);
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
  return { status: 412, body: '412', headers: { 'content-type': 'text/plain', ...heldJobHeaders(attempt, job.state) } };
}
