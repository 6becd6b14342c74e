import { isDeepStrictEqual } from 'node:util';
import type { Cleanup, CleanupOutcome } from '../../../protocol/index.ts';
import {
  appendAudit,
  type JobRecord,
  type NewAuditEntry,
  setLateCleanup,
  settleObligation,
} from '../../../store/index.ts';
import type { Parts } from '../../parts.ts';
import type { AttemptAsking } from '../attempt-credential.ts';
import type { Loose } from '../loose-values.ts';
import { ENDED, readReport } from './read-report.ts';

/** How it is written down where nobody has heard that it has ended. */
const GIVEN_UP: ReadonlySet<CleanupOutcome> = new Set(['lost', 'timed_out', 'skipped']);

/**
 * What the runner of an attempt that is over says of the cleanup that it has run all the same: on record beside the job's own, whatever it was. The job
 * ended as it ended, and stays so; but where its cleanup was given up and has succeeded now, nobody has to see to anything any more: the obligation is
 * settled, by that runner. Said again, it changes nothing.
 */
export async function noteLateCleanup(
  { store }: Pick<Parts, 'store'>,
  { attempt, job }: AttemptAsking,
  body: Loose,
): Promise<void> {
  const cleanup = readReport(body, attempt.features.phases)?.cleanup ?? null;
  if (cleanup === null || !ENDED.has(cleanup.outcome) || isOnRecord(cleanup, attempt.attempt, job.state)) return;
  const by = { userId: null, userName: `runner ${attempt.runnerId}` };
  const about = { ...by, targetKind: 'job', targetId: String(job.id), projectId: job.projectId, ip: null };
  const reason = 'its runner came back late: it has run the cleanup, which succeeded';
  const isMet = cleanup.outcome === 'succeeded' && GIVEN_UP.has(job.state.cleanup?.outcome ?? 'not_owed');
  await store.write(async (tx) => {
    const said = { ...cleanup, ofAttempt: attempt.attempt, runnerId: attempt.runnerId };
    if (!(await setLateCleanup(tx, job.id, said))) return;
    await appendAudit(tx, { ...about, action: 'cleanup.late', details: detailsOf(cleanup, attempt.attempt) });
    if (!isMet || !(await settleObligation(tx, { jobId: job.id, ...by, reason }))) return;
    await appendAudit(tx, { ...about, action: 'obligation.settle', details: { reason } });
  });
}

/** It is the word that the job has on record, said again because its answer was lost. */
function isOnRecord(
  cleanup: Cleanup,
  attempt: number,
  { attempt: latest, cleanup: known }: JobRecord['state'],
): boolean {
  if (known === null || attempt < latest) return false;
  return !GIVEN_UP.has(known.outcome) || isDeepStrictEqual(known, cleanup);
}

function detailsOf({ outcome, exitCode }: Cleanup, attempt: number): NewAuditEntry['details'] {
  return { attempt, outcome, exit_code: exitCode ?? null };
}
