import { type FailureReason, NEVER_RETRIED, type Retry } from '../../protocol/index.ts';

/** GitLab retries a failure of its own scheduler even where the job does not ask for it. */
const SCHEDULER_RETRIES = 2;

/** Whether a failed job is run again. `earlierRetries`: how many jobs of that name were retried before it. */
export function decideRetry(
  retry: Retry,
  failure: { readonly reason: FailureReason | null; readonly exitCode: number | null },
  earlierRetries: number,
): boolean {
  const { reason, exitCode } = failure;
  if (reason !== null && NEVER_RETRIED.has(reason)) return false;
  const reasonFits = retry.when.includes('always') || (reason !== null && retry.when.includes(reason));
  const codeFits = exitCode !== null && retry.exitCodes.includes(exitCode);
  const usual = reason === 'scheduler_failure' ? SCHEDULER_RETRIES : 0;
  return (reasonFits || codeFits ? retry.max : usual) > earlierRetries;
}
