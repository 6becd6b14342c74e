import type { OutsideJobEvent } from '../../lifecycle/index.ts';
import type { AttemptRecord } from '../../store/index.ts';
import type { Parts } from '../parts.ts';
import { inPipeline } from '../pipelines/transaction/in-pipeline.ts';
import type { RunnerAnswer } from './hand-out-types.ts';

type RunnerEvent = Extract<
  OutsideJobEvent,
  { type: 'script_started' | 'teardown_started' | 'cleaned' | 'finished' | 'evicted' }
>;
type Without<T> = T extends RunnerEvent ? Omit<T, 'attempt'> : never;

/** What a runner reports of the attempt that it holds. */
export type RunnerReport = Without<RunnerEvent>;

/** Tells the job what its runner reports. Renewing the lease is not part of it. */
export async function fromRunner(
  parts: Parts,
  { jobId, pipelineId, attempt }: AttemptRecord,
  report: RunnerReport,
): Promise<RunnerAnswer> {
  const done = await inPipeline(parts, pipelineId, async (open) => {
    // Each kind of report is an event that lacks nothing but its attempt.
    const event = { ...report, attempt } as RunnerEvent;
    const reason = open.send({ type: 'job', job: open.numberOf(jobId), event });
    return { reason, job: open.job(jobId) };
  });
  if (done === null) return { kind: 'unknown' };
  const { reason, job } = done.result;
  if (job === null) return { kind: 'unknown' };
  return reason === null ? { kind: 'applied', job } : { kind: 'refused', reason, job };
}
