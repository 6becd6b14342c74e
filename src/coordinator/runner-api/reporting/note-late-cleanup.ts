import { appendAudit, settleObligation } from '../../../store/index.ts';
import type { Parts } from '../../parts.ts';
import type { AttemptAsking } from '../attempt-credential.ts';
import type { Loose } from '../loose-values.ts';
import { readReport } from './read-report.ts';

/** How a cleanup is written down whose runner was given up: it may still run it, and come back with the news. */
const GIVEN_UP: ReadonlySet<string> = new Set(['lost', 'timed_out']);

/**
 * What the runner of an attempt that is over says of a cleanup that was given up. The job ended as it ended, and stays so; but where the cleanup did run and
 * succeed, nobody has to see to anything any more: its obligation is settled, by that runner. Said again, it changes nothing.
 */
export async function noteLateCleanup(
  { store }: Pick<Parts, 'store'>,
  { attempt, job }: AttemptAsking,
  body: Loose,
): Promise<void> {
  if (!GIVEN_UP.has(job.state.cleanup?.outcome ?? '')) return;
  const report = readReport(body, attempt.features.phases);
  if (report === null || report === 'alive' || !('cleanup' in report) || report.cleanup?.outcome !== 'succeeded')
    return;
  const by = { userId: null, userName: `runner ${attempt.runnerId}` };
  const reason = 'its runner came back late: it has run the cleanup, which succeeded';
  await store.write(async (tx) => {
    if (!(await settleObligation(tx, { jobId: job.id, ...by, reason }))) return;
    await appendAudit(tx, {
      ...by,
      action: 'obligation.settle',
      targetKind: 'job',
      targetId: String(job.id),
      projectId: job.projectId,
      details: { reason },
      ip: null,
    });
  });
}
