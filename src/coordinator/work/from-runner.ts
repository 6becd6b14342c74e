import type { OutsideJobEvent } from '../../lifecycle/index.ts';
import { type AttemptRecord, renewLease, reopenAttempt } from '../../store/index.ts';
import type { Parts } from '../parts.ts';
import { inPipeline } from '../pipelines/transaction/in-pipeline.ts';
import type { OpenPipeline } from '../pipelines/transaction/open-pipeline.ts';
import type { RunnerAnswer } from './hand-out-types.ts';

type RunnerEvent = Extract<
  OutsideJobEvent,
  { type: 'script_started' | 'teardown_started' | 'cleaned' | 'extended' | 'finished' | 'evicted' }
>;
type Without<T> = T extends RunnerEvent ? Omit<T, 'attempt'> : never;

/** What a runner reports of the attempt that it holds. */
export type RunnerReport = Without<RunnerEvent>;

type Refused = Extract<RunnerAnswer, { kind: 'refused' }>['reason'];

/**
 * Tells the job what its runner reports, one after the other in one transaction: what is known already changes nothing, and the first that is refused is
 * the last. @param leaseMs the lease is renewed with it, where that is due; null: it is not part of it
 */
export async function fromRunner(
  parts: Parts,
  attempt: AttemptRecord,
  reports: readonly RunnerReport[],
  leaseMs: number | null = null,
): Promise<RunnerAnswer> {
  return await answered(parts, attempt, async (open) => {
    if (leaseMs !== null) await renewWhenDue(open, attempt, leaseMs);
    return sendAll(open, attempt, reports);
  });
}

/**
 * The lost runner of an attempt is there again, with what has happened meanwhile. Where its cleanup is offered and not taken yet it has that back: the attempt
 * holds the job again. Refused: it is over for good.
 */
export async function comeBack(
  parts: Parts,
  attempt: AttemptRecord,
  reports: readonly RunnerReport[],
  leaseMs: number,
): Promise<RunnerAnswer> {
  return await answered(parts, attempt, async (open) => {
    const event = { type: 'resumed', attempt: attempt.attempt, leaseMs: null } as const;
    const refused = open.send({ type: 'job', job: open.numberOf(attempt.jobId), event });
    if (refused !== null) return refused;
    await reopenAttempt(open.tx, attempt.id, open.tx.now() + leaseMs);
    // Its script is over, whether it knows that yet or not.
    const news = reports.filter(({ type }) => type !== 'script_started');
    return sendAll(open, attempt, news);
  });
}

async function answered(
  parts: Parts,
  { jobId, pipelineId }: AttemptRecord,
  work: (open: OpenPipeline) => Promise<Refused | null>,
): Promise<RunnerAnswer> {
  const done = await inPipeline(parts, pipelineId, async (open) => {
    const reason = await work(open);
    return { reason, job: open.job(jobId) };
  });
  if (done === null) return { kind: 'unknown' };
  const { reason, job } = done.result;
  if (job === null) return { kind: 'unknown' };
  return reason === null ? { kind: 'applied', job } : { kind: 'refused', reason, job };
}

function sendAll(
  open: OpenPipeline,
  { jobId, attempt }: AttemptRecord,
  reports: readonly RunnerReport[],
): Refused | null {
  const job = open.numberOf(jobId);
  for (const report of reports) {
    // Each kind of report is an event that lacks nothing but its attempt.
    const refused = open.send({ type: 'job', job, event: { ...report, attempt } as RunnerEvent });
    if (refused !== null) return refused;
  }
  return null;
}

/** A report comes right after another word of the runner, as a rule: then the lease is as good as new. */
async function renewWhenDue({ tx }: OpenPipeline, attempt: AttemptRecord, leaseMs: number): Promise<void> {
  const leaseUntil = tx.now() + leaseMs;
  const isDue = attempt.contactedAt === null || leaseUntil - attempt.leaseUntil > leaseMs / 3;
  if (isDue) await renewLease(tx, attempt.id, leaseUntil);
}
